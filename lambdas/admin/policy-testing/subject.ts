import { type ListedSession, listSessionsOfPerson } from '../../access/sessions/list-sessions.ts';
import { findAccessSession } from '../../access/sessions/people-store.ts';
import type { AccessSession, Person } from '../../access/sessions/person.ts';
import { personSubject } from '../../access/sessions/subject.ts';
import type { Circumstances, PersonSubject, Subject } from '../../policy/decision.ts';
import { SallyportError } from '../../shared/errors.ts';
import type { Table } from '../../shared/table.ts';
import type { DocumentStore } from '../document-store.ts';
import { findPeople } from '../find-people.ts';
import type { Who } from './outcome.ts';
import type { Overrides, TestRequest } from './test-request.ts';

/** Whose access is tested, with what somebody should know about it. */
export interface TestedSubject {
  subject: Subject;
  who: Who;
  notes: string[];
}

interface Stores {
  identity: Table;
  documents: DocumentStore;
}

interface SignedIn {
  session: AccessSession;
  listed: ListedSession;
}

/** Sessions that are looked at for the newest one. */
const MOST_SESSIONS = 200;

async function onePerson(identity: Table, wanted: string): Promise<Person> {
  const [person, ...others] = await findPeople(identity, wanted, 'person');
  if (others.length === 0) return person;
  const ids = [person, ...others].map(({ id, idp }) => `${id} (${idp})`).join(', ');
  const message = `Several identity providers vouch for "${wanted}": say the id of one. They are ${ids}.`;
  throw new SallyportError('ambiguous_person', 400, message, { at: 'person' });
}

async function newestSession(identity: Table, person: Person): Promise<SignedIn | undefined> {
  const { items } = await listSessionsOfPerson(identity, person.id, { limit: MOST_SESSIONS });
  const [listed] = items;
  const session = listed && (await findAccessSession(identity, listed.id));
  return listed && session ? { session, listed } : undefined;
}

/** Somebody who is not signed in: what a sign-in says about itself is unknown. */
export const personWithoutSession = (person: Person, circumstances: Circumstances = {}): PersonSubject => ({
  ...circumstances,
  person: person.id,
  email: person.email,
  groups: person.groups,
  loginMethod: person.idp,
  ...(person.claims ? { claims: person.claims } : {}),
});

function circumstancesOf(request: TestRequest, listed: ListedSession | undefined): Circumstances {
  const { ip, country, client, clientHost, certificate, at } = request;
  const connected = listed?.applications.find((application) => application.client === client)?.host;
  const host = clientHost ?? connected;
  return {
    ...(ip === undefined ? {} : { ip }),
    ...(country === undefined ? {} : { country }),
    ...(certificate === undefined
      ? {}
      : { certificate: certificate && { ...certificate, commonName: certificate.commonName } }),
    ...(client === undefined ? {} : { client: { id: client, hosts: host === undefined ? [] : [host] } }),
    now: at === undefined ? Date.now() : Date.parse(at),
  };
}

function overridden(subject: PersonSubject, overrides: Overrides): PersonSubject {
  const { groups, claims, loginMethod, authenticationMethods, signedInAt } = overrides;
  return {
    ...subject,
    ...(groups ? { groups } : {}),
    ...(claims ? { claims } : {}),
    ...(loginMethod === undefined ? {} : { loginMethod }),
    ...(authenticationMethods ? { authenticationMethods } : {}),
    ...(signedInAt === undefined ? {} : { authenticatedAt: Date.parse(signedInAt) / 1000 }),
  };
}

async function testedPerson(
  { identity }: Stores,
  wanted: string,
  request: TestRequest,
): Promise<TestedSubject> {
  const person = await onePerson(identity, wanted);
  const signedIn = await newestSession(identity, person);
  const circumstances = circumstancesOf(request, signedIn?.listed);
  const known = signedIn
    ? personSubject(signedIn.session, circumstances)
    : personWithoutSession(person, circumstances);
  const notes = signedIn ? [] : [`${person.email} is not signed in: how and when they did is unknown.`];
  return {
    subject: overridden(known, request.overrides),
    who: { id: person.id, email: person.email },
    notes,
  };
}

const OF_PEOPLE = ['groups', 'claims', 'loginMethod', 'authenticationMethods', 'signedInAt'] as const;

async function testedService(
  { documents }: Stores,
  id: string,
  request: TestRequest,
): Promise<TestedSubject> {
  const found = (await documents.get('ServiceToken', id))?.document;
  if (found?.kind !== 'ServiceToken')
    throw new SallyportError('not_found', 404, `There is no service token "${id}".`, { at: 'serviceToken' });
  const foreign = OF_PEOPLE.find((name) => request.overrides[name] !== undefined);
  if (foreign !== undefined)
    throw new SallyportError('invalid_request', 400, 'is of people: a service token has none.', {
      at: `overrides.${foreign}`,
    });
  const notes = found.spec.enabled
    ? []
    : [`The service token "${id}" is disabled: it is refused before any policy is asked.`];
  return {
    subject: { ...circumstancesOf(request, undefined), serviceToken: id },
    who: { serviceToken: id },
    notes,
  };
}

/**
 * Whose access a request tests, as the relay would see them: stored attributes, the newest session if there is one, and
 * the circumstances and overrides of the request.
 * @throws SallyportError `not_found` 404 for nobody known here, `ambiguous_person` 400.
 */
export function subjectOf(stores: Stores, request: TestRequest): Promise<TestedSubject> {
  const { person, serviceToken = '' } = request;
  return person === undefined
    ? testedService(stores, serviceToken, request)
    : testedPerson(stores, person, request);
}
