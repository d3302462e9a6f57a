import { findPeopleByEmail, findPerson } from '../access/sessions/people-store.ts';
import type { Person } from '../access/sessions/person.ts';
import { SallyportError } from '../shared/errors.ts';
import type { Table } from '../shared/table.ts';

/**
 * Those whom an id or an e-mail address means: several identity providers may vouch for one address.
 * @throws SallyportError `not_found` 404 for somebody who never signed in here.
 */
export async function findPeople(identity: Table, who: string, at: string): Promise<[Person, ...Person[]]> {
  const found = who.includes('@')
    ? await findPeopleByEmail(identity, who)
    : [await findPerson(identity, who)];
  const [first, ...others] = found.filter((person) => person !== undefined);
  if (first) return [first, ...others];
  const message = `Nobody with the ${who.includes('@') ? 'e-mail address' : 'id'} "${who}" has signed in here. Look for the spelling in \`sallyport audit list\`.`;
  throw new SallyportError('not_found', 404, message, { at });
}
