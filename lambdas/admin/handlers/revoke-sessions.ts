import * as z from 'zod';
import type { Person } from '../../access/sessions/person.ts';
import {
  carryOut,
  ofClient,
  ofGrant,
  ofPerson,
  ofSession,
  type Revocation,
} from '../../access/sessions/revocation.ts';
import type { Ended } from '../../access/sessions/revoke-sessions.ts';
import { explainFaults } from '../../shared/documents/faults.ts';
import { invalid } from '../../shared/documents/parse-document.ts';
import { SallyportError } from '../../shared/errors.ts';
import { type HttpRequest, jsonResponse } from '../../shared/http.ts';
import type { Table } from '../../shared/table.ts';
import { findPeople } from '../find-people.ts';
import { parseJsonBody } from '../json-body.ts';
import type { AdminApi, GuardedRoute, PersonalCall, PersonalRoute } from '../route.ts';

const id = z.string().min(1).max(1024);
const bySession = z.strictObject({ session: id });
const byGrant = z.strictObject({ grant: id });
const target = z.union([
  bySession,
  byGrant,
  z.strictObject({ client: id }),
  /** E-mail address or id. */
  z.strictObject({ person: id }),
]);
const ownTarget = z.union([bySession, byGrant, z.strictObject({ everywhere: z.literal(true) })]);

const answer = z.object({
  /** What was still there; sign-ins of the last moment end too without being named. */
  ended: z.object({ sessions: z.array(z.string()), grants: z.array(z.string()) }),
});

function readBody<Schema extends z.ZodType>(schema: Schema, request: HttpRequest): z.output<Schema> {
  const result = schema.safeParse(parseJsonBody(request.body));
  if (result.success) return result.data;
  throw invalid(explainFaults(result.error, schema, ''), 'invalid_request');
}

const nothing = (what: string, at: string) =>
  new SallyportError('not_found', 404, `There is no ${what}: it has ended already, or the id is not right.`, {
    at,
  });

/** One session or grant; with an owner, only one of theirs. */
async function single(
  identity: Table,
  wanted: { session: string } | { grant: string },
  owner?: Person,
): Promise<Revocation> {
  const found =
    'session' in wanted
      ? await ofSession(identity, wanted.session, owner)
      : await ofGrant(identity, wanted.grant, owner);
  if (found) return found;
  throw 'session' in wanted
    ? nothing(`session "${wanted.session}"`, 'session')
    : nothing(`grant "${wanted.grant}"`, 'grant');
}

async function planned(identity: Table, wanted: z.output<typeof target>): Promise<Revocation[]> {
  if ('person' in wanted) {
    const people = await findPeople(identity, wanted.person, 'person');
    return people.map((person) => ofPerson(identity, person, 'revocation'));
  }
  if (!('client' in wanted)) return [await single(identity, wanted)];
  if (wanted.client.startsWith('service-')) {
    const message = `${wanted.client} is a service token and has no sessions. Delete its document, or rotate its secret.`;
    throw new SallyportError('invalid_request', 400, message, { at: 'client' });
  }
  const found = await ofClient(identity, wanted.client);
  if (!found) throw nothing(`application "${wanted.client}" that anybody has connected`, 'client');
  return [found];
}

async function end({ audit }: AdminApi, { caller }: PersonalCall, revocations: readonly Revocation[]) {
  const ended: Ended = { sessions: [], grants: [] };
  for (const revocation of revocations) {
    const { sessions, grants } = await carryOut(audit, caller.actor, revocation);
    ended.sessions.push(...sessions);
    ended.grants.push(...grants);
  }
  return jsonResponse(200, { ended });
}

export const revokeSessions: GuardedRoute = {
  operation: 'revokeSessions',
  method: 'POST',
  path: '/api/v1/sessions/revoke',
  summary: 'End a sign-in, one connection of an application, all of an application, or all of a person',
  permission: 'sessions:revoke',
  body: target,
  answer,
  async handle(api, call) {
    return end(api, call, await planned(api.identity, readBody(target, call.request)));
  },
};

export const revokeMySessions: PersonalRoute = {
  operation: 'revokeMySessions',
  method: 'POST',
  path: '/api/v1/me/sessions/revoke',
  summary: 'End one of your own sign-ins or connections, or sign out everywhere',
  permission: 'self',
  body: ownTarget,
  answer,
  async handle(api, call) {
    const wanted = readBody(ownTarget, call.request);
    const { person } = call.caller;
    const revocation =
      'everywhere' in wanted
        ? ofPerson(api.identity, person, 'sign-out')
        : await single(api.identity, wanted, person);
    return end(api, call, [revocation]);
  },
};
