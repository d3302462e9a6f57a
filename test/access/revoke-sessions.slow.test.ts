import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { decodeJwt } from 'jose';
import * as z from 'zod';
import { listSessionsOfClient, listSessionsOfPerson } from '../../lambdas/access/sessions/list-sessions.ts';
import { findPeopleByEmail } from '../../lambdas/access/sessions/people-store.ts';
import type { AccessToken } from '../../lambdas/access/sessions/person.ts';
import {
  revokeClient,
  revokeGrant,
  revokePerson,
  revokeSession,
} from '../../lambdas/access/sessions/revoke-sessions.ts';
import { createSessionReader } from '../../lambdas/access/sessions/session-reader.ts';
import { Table } from '../../lambdas/shared/table.ts';
import {
  authorizationRequest,
  authorize,
  connect,
  postForm,
  redeem,
  refresh,
  register,
  startDeployment,
  type TestDeployment,
} from './deployment.ts';
import { ALICE, BOB } from './identity-provider.ts';

let deployment: TestDeployment;
let clientId: string;
let identity: Table;
/** The identity table while its indexes name nothing yet. */
let lagging: Table;

class LaggingTable extends Table {
  override async query(options: Parameters<Table['query']>[0]) {
    return options.index ? { items: [], next: undefined } : super.query(options);
  }
}

beforeAll(async () => {
  deployment = await startDeployment();
  identity = deployment.identity;
  lagging = new LaggingTable(identity.name);
  clientId = await register(deployment.service, { client_name: 'Notebook' });
});
afterAll(() => deployment.close());
beforeEach(() => {
  deployment.idp.next = ALICE;
});

const claimsSchema = z.object({ sub: z.string(), sid: z.string(), gid: z.string(), client_id: z.string() });

/** Connects an application in a new browser, as whoever the identity provider says it is. */
async function connected(client = clientId) {
  const tokens = z
    .object({ access_token: z.string(), refresh_token: z.string() })
    .parse(await connect(deployment, client));
  const { sub, sid, gid, client_id } = claimsSchema.parse(decodeJwt(tokens.access_token));
  const token: AccessToken = {
    subject: sub,
    sid,
    grantId: gid,
    clientId: client_id,
    audience: '',
    scopes: [],
    expiresAt: Math.floor(Date.now() / 1000) + 60,
  };
  return {
    person: sub,
    sid,
    gid,
    client,
    reads: () =>
      createSessionReader(identity, { keepMs: 0 })
        .read(token)
        .then(
          () => 'in',
          (error: Error) => error.message,
        ),
    refresh: () => refresh(deployment.service, client, tokens.refresh_token),
    introspects: async () =>
      (
        await postForm(deployment.service, '/oauth/introspect', {
          client_id: client,
          token: tokens.refresh_token,
        })
      ).body.active,
  };
}
type Connected = Awaited<ReturnType<typeof connected>>;

const ENDED = expect.stringMatching(/sign in again|connect it again/);

const revocations: [what: string, revoke: (of: Connected, table: Table) => Promise<unknown>][] = [
  ['its sign-in', ({ sid }, table) => revokeSession(table, sid)],
  ['its connection', ({ gid }, table) => revokeGrant(table, gid)],
  ['its application', ({ client }, table) => revokeClient(table, client)],
  ['its person', ({ person }, table) => revokePerson(table, person)],
];

describe.each(revocations)('a revocation by %s', (_what, revoke) => {
  it('refuses both tokens and their introspection at once, even while no index names them', async () => {
    const connection = await connected();
    expect([await connection.reads(), await connection.introspects()]).toEqual(['in', true]);
    await revoke(connection, lagging);
    expect([await connection.reads(), await connection.introspects()]).toEqual([ENDED, false]);
    expect((await connection.refresh()).body.error).toBe('invalid_grant');
  });

  it('does not give the answer of a refresh again, though its moment of grace has not passed', async () => {
    const connection = await connected();
    const answer = await connection.refresh();
    expect((await connection.refresh()).body).toEqual(answer.body);
    await revoke(connection, lagging);
    expect(await connection.refresh()).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
  });

  it('can be repeated, and lets the person connect anew', async () => {
    const connection = await connected();
    await revoke(connection, identity);
    expect(await revoke(connection, identity)).toEqual({ sessions: [], grants: [] });
    expect(await (await connected()).reads()).toBe('in');
  });
});

describe('a revocation', () => {
  it('of a sign-in ends all that rests on it and nothing else', async () => {
    const browser = deployment.browser();
    const other = await connected();
    const inOneBrowser = async (client: string) => {
      const request = authorizationRequest(client);
      const code = (await authorize(browser, request)).get('code') ?? '';
      return (await redeem(deployment.service, client, request, code)).body;
    };
    const second = await register(deployment.service);
    const [one, two] = [await inOneBrowser(clientId), await inOneBrowser(second)];
    const { sid, gid } = claimsSchema.parse(decodeJwt(one.access_token));
    const { gid: gid2 } = claimsSchema.parse(decodeJwt(two.access_token));
    const ended = await revokeSession(identity, sid);
    expect({ ...ended, grants: ended.grants.toSorted() }).toEqual({
      sessions: [sid],
      grants: [gid, gid2].toSorted(),
    });
    expect(await other.reads()).toBe('in');
    expect((await refresh(deployment.service, second, two.refresh_token)).status).toBe(400);
    browser.trail.length = 0;
    await browser.visit(authorizationRequest(clientId).url);
    const asked = browser.trail.find(({ url }) => url.origin === new URL(deployment.idp.issuer).origin);
    expect(asked?.url.searchParams.get('prompt')).toBe('login');
  });

  it('of a connection leaves the other applications of the sign-in alone', async () => {
    const [one, two] = [await connected(), await connected(await register(deployment.service))];
    await revokeGrant(identity, one.gid);
    expect([await one.reads(), await two.reads()]).toEqual([ENDED, 'in']);
  });

  it('of an application ends it for everybody, and leaves their other applications alone', async () => {
    const client = await register(deployment.service);
    const alice = await connected(client);
    deployment.idp.next = BOB;
    const [bob, other] = [await connected(client), await connected()];
    const ended = await revokeClient(identity, client);
    expect(ended.grants.toSorted()).toEqual([alice.gid, bob.gid].toSorted());
    expect([await alice.reads(), await bob.reads(), await other.reads()]).toEqual([ENDED, ENDED, 'in']);
  });

  it('of a person ends all of theirs and nobody else’s', async () => {
    const [here, there] = [await connected(), await connected()];
    deployment.idp.next = BOB;
    const bob = await connected();
    const ended = await revokePerson(identity, here.person);
    expect(ended.sessions).toEqual(expect.arrayContaining([here.sid, there.sid]));
    expect([await here.reads(), await there.reads(), await bob.reads()]).toEqual([ENDED, ENDED, 'in']);
  });

  it('reaches a code that was not redeemed yet', async () => {
    const request = authorizationRequest(clientId);
    const code = (await authorize(deployment.browser(), request)).get('code') ?? '';
    const [alice] = await findPeopleByEmail(identity, 'ALICE@example.com');
    await revokePerson(lagging, alice?.id ?? '');
    expect((await redeem(deployment.service, clientId, request, code)).body.error).toBe('invalid_grant');
  });

  it('of an id that does not exist ends nothing', async () => {
    for (const revoke of [revokeSession, revokeGrant, revokeClient, revokePerson])
      expect(await revoke(identity, 'guessed')).toEqual({ sessions: [], grants: [] });
  });
});

describe('the sessions of a person', () => {
  it('show device, times and applications, and when each was last in use', async () => {
    const { person, sid, gid, refresh: use } = await connected();
    const find = async () =>
      (await listSessionsOfPerson(identity, person, { limit: 200 })).items.find(({ id }) => id === sid);
    const before = await find();
    expect(before).toMatchObject({
      person: { id: person, email: 'alice@example.com' },
      device: { label: expect.any(String), ip: '192.0.2.7' },
      signedInAt: expect.stringMatching(/Z$/),
      expiresAt: expect.stringMatching(/Z$/),
    });
    const application = { grant: gid, client: clientId, name: 'Notebook', host: 'localhost' };
    expect(before?.applications).toEqual([
      expect.objectContaining({ ...application, grantedAt: expect.any(String), refreshedAt: undefined }),
    ]);
    await use();
    expect((await find())?.applications[0]?.refreshedAt).toEqual(expect.any(String));
  });

  it('come in pages', async () => {
    const [{ person }] = [await connected(), await connected(), await connected()];
    const all = (await listSessionsOfPerson(identity, person, { limit: 200 })).items.map(({ id }) => id);
    const paged: string[] = [];
    let after: string | null | undefined;
    do {
      const page = await listSessionsOfPerson(identity, person, { limit: 2, after: after ?? undefined });
      paged.push(...page.items.map(({ id }) => id));
      after = page.next;
    } while (after !== null);
    expect(paged.toSorted()).toEqual(all.toSorted());
    expect(paged.length).toBeGreaterThanOrEqual(3);
  });

  it('do not show what has ended, even while an index names it', async () => {
    const [one, two] = [await connected(), await connected()];
    await revokePerson(lagging, one.person);
    expect(await listSessionsOfPerson(identity, one.person, { limit: 200 })).toEqual({
      items: [],
      next: null,
    });
    expect((await listSessionsOfClient(identity, clientId, { limit: 200 })).items).not.toContainEqual(
      expect.objectContaining({ id: two.sid }),
    );
  });

  it('show the one of whoever asks, also before an index names it', async () => {
    const { person, sid } = await connected();
    const page = await listSessionsOfPerson(lagging, person, { limit: 10, current: sid });
    expect(page.items.map(({ id }) => id)).toEqual([sid]);
  });

  it('show the one of whoever asks once, whichever page the index has it on', async () => {
    const [one, two, three] = [await connected(), await connected(), await connected()];
    for (const { sid: current } of [one, two, three]) {
      const shown: string[] = [];
      let after: string | null | undefined;
      do {
        const request = { limit: 1, after: after ?? undefined, current };
        const page = await listSessionsOfPerson(identity, one.person, request);
        shown.push(...page.items.map(({ id }) => id));
        after = page.next;
      } while (after !== null);
      expect(shown.filter((id) => id === current)).toEqual([current]);
    }
  });
});

describe('the sessions with an application', () => {
  it('are everybody’s, with that application alone', async () => {
    const client = await register(deployment.service);
    const alice = await connected(client);
    deployment.idp.next = BOB;
    const bob = await connected(client);
    const { items } = await listSessionsOfClient(identity, client, { limit: 100 });
    expect(items.map(({ id }) => id).toSorted()).toEqual([alice.sid, bob.sid].toSorted());
    for (const { applications } of items) expect(applications.map((one) => one.client)).toEqual([client]);
  });
});
