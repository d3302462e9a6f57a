import * as z from 'zod';
import {
  listedSession,
  listSessionsOfClient,
  listSessionsOfPerson,
  type SessionPage,
} from '../../access/sessions/list-sessions.ts';
import { SallyportError } from '../../shared/errors.ts';
import { jsonResponse } from '../../shared/http.ts';
import type { Table } from '../../shared/table.ts';
import { findPeople } from '../find-people.ts';
import { readQuery } from '../read-query.ts';
import type { GuardedRoute, PersonalRoute } from '../route.ts';

const paging = z.strictObject({
  limit: z.coerce.number().int().min(1).max(200).default(100),
  /** The `next` of the page before. */
  next: z.string().min(1).max(300).optional(),
});

const query = paging.extend({
  /** E-mail address or id. */
  person: z.string().min(1).max(320).optional(),
  /** Client id of an application. */
  client: z.string().min(1).max(1024).optional(),
});

const answer = z.object({ items: z.array(listedSession), next: z.string().nullable() });

const oneFilter = () =>
  new SallyportError(
    'invalid_query',
    400,
    'Say whose sessions: `person` (e-mail address or id) or `client` (client id), one of them.',
    { at: 'query person' },
  );

/** Of several people with one address each page is that of one of them; `next` names whose. */
async function pageOfPeople(
  identity: Table,
  who: string,
  { limit, next }: z.output<typeof paging>,
): Promise<SessionPage> {
  const people = await findPeople(identity, who, 'query person');
  const [at = '', after] = next?.split(' ') ?? [];
  const index = Math.max(
    0,
    people.findIndex(({ id }) => id === at),
  );
  const person = people[index] ?? people[0];
  const page = await listSessionsOfPerson(identity, person.id, { limit, after: after || undefined });
  if (page.next !== null) return { items: page.items, next: `${person.id} ${page.next}` };
  const following = people[index + 1];
  return { items: page.items, next: following ? `${following.id} ` : null };
}

export const listSessions: GuardedRoute = {
  operation: 'listSessions',
  method: 'GET',
  path: '/api/v1/sessions',
  summary: 'The sign-ins of a person, or those in which an application is connected',
  permission: 'sessions:read',
  query,
  answer,
  async handle({ identity }, { request }) {
    const { person, client, limit, next } = readQuery(query, request);
    if ((person === undefined) === (client === undefined)) throw oneFilter();
    if (client !== undefined)
      return jsonResponse(200, await listSessionsOfClient(identity, client, { limit, after: next }));
    return jsonResponse(200, await pageOfPeople(identity, person ?? '', { limit, next }));
  },
};

export const listMySessions: PersonalRoute = {
  operation: 'listMySessions',
  method: 'GET',
  path: '/api/v1/me/sessions',
  summary: 'Your own sign-ins',
  permission: 'self',
  query: paging,
  answer,
  async handle({ identity }, { request, caller }) {
    const { limit, next } = readQuery(paging, request);
    const { person, actor } = caller;
    return jsonResponse(
      200,
      await listSessionsOfPerson(identity, person.id, { limit, after: next, current: actor.session }),
    );
  },
};
