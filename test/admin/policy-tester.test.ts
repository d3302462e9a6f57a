import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { findPerson, saveAccessSession, savePerson } from '../../lambdas/access/sessions/people-store.ts';
import { type Person, personId } from '../../lambdas/access/sessions/person.ts';
import {
  type Administration,
  catalogOf,
  ORIGIN,
  policy,
  portal,
  server,
  startAdministration,
} from './administration.ts';

let admin: Administration;

const person = (email: string, groups: string[], idp = 'cognito'): Person => ({
  id: personId(idp, email),
  idp,
  subject: email,
  email,
  name: undefined,
  groups,
});
const group = (id: string, spec: object) => ({
  apiVersion: 'sallyport/v1',
  kind: 'RuleGroup',
  metadata: { id },
  spec,
});
const serviceToken = {
  apiVersion: 'sallyport/v1',
  kind: 'ServiceToken',
  metadata: { id: 'nightly' },
  spec: { title: 'Nightly' },
};
const documents = [
  policy('staff', { include: [{ emailDomain: 'example.com' }, { anyServiceToken: true }] }),
  policy('engineers', { include: [{ group: 'engineering' }], require: [{ ruleGroup: 'office' }] }),
  policy('programs', { action: 'service-auth', include: [{ serviceToken: 'nightly' }] }),
  policy('no-money', { action: 'block', include: [{ argument: { path: 'amount', greaterThan: 100 } }] }),
  policy('careful', { include: [{ everyone: true }], justification: { prompt: 'Why?' } }),
  policy('calm', { include: [{ group: 'engineering' }], exclude: [{ userRisk: { atLeast: 'high' } }] }),
  group('office', { include: [{ ipRange: '10.0.0.0/8' }] }),
  serviceToken,
  server('hr', {
    policies: ['engineers', 'programs'],
    tools: { pay: { risk: 'write', policies: ['no-money'] } },
  }),
  policy('fresh', { include: [{ everyone: true }], require: [{ client: 'cursor' }], sessionDuration: '1h' }),
  server('crm', { policies: ['careful'] }),
  server('editor', { policies: ['fresh'] }),
  server('vault', { policies: ['calm'] }),
  portal({ servers: ['hr', 'crm', 'vault', 'editor'] }),
];

beforeAll(async () => {
  admin = await startAdministration();
  for (const id of ['hr', 'crm', 'vault', 'editor'])
    admin.upstreams.set(`https://${id}.example.com/mcp`, catalogOf('find', 'pay'));
  const { status, body } = await admin.apply(...documents);
  if (status !== 200) throw new Error(JSON.stringify(body));
  await savePerson(admin.identity, person('alice@example.com', ['engineering', 'secret-project']));
  await savePerson(admin.identity, person('bob@example.com', ['sales']));
  await savePerson(admin.identity, person('mallory@outside.test', []));
});
afterAll(() => admin.close());

const ask = async (body: object, path = 'test') =>
  (await admin.call('POST', `/policies/${path}`, { body })).body;
const alice = { person: 'alice@example.com', server: 'hr' };

describe('a test of policies', () => {
  it('allows with the policies that did and what the person has', async () => {
    const { decision, trace, who } = await ask({ ...alice, ip: '10.1.2.3' });
    expect(who).toEqual({ id: personId('cognito', 'alice@example.com'), email: 'alice@example.com' });
    expect(decision).toMatchObject({
      allowed: true,
      outcome: 'allowed',
      level: 'server',
      policy: 'engineers',
    });
    expect(trace.at(-1)).toMatchObject({ matched: true, at: 'include[0]', actual: ['engineering'] });
  });

  it('says what keeps somebody out, within a rule group too', async () => {
    const { decision, trace, change } = await ask({ ...alice, ip: '192.0.2.7' });
    expect(decision).toMatchObject({ allowed: false, outcome: 'denied', policy: null, level: 'server' });
    expect(trace.at(-1)).toMatchObject({
      policy: 'engineers',
      at: 'require[0]',
      selector: 'ruleGroup "office"',
      groups: [{ group: 'office', at: 'include[0]', selector: 'ipRange "10.0.0.0/8"', actual: '192.0.2.7' }],
    });
    expect(change[0]).toMatchObject({
      level: 'server',
      steps: [
        {
          policy: 'engineers',
          should: 'match',
          needs: [{ text: 'require ruleGroup "office": include ipRange "10.0.0.0/8": has "192.0.2.7"' }],
        },
      ],
    });
  });

  it('says what is unknown', async () => {
    const { trace, change } = await ask(alice);
    expect(trace.at(-1)).toMatchObject({ unknown: true });
    expect(trace.at(-1)).not.toHaveProperty('actual');
    expect(change[0].steps[0].needs[0].text).toMatch(/: unknown$/);
  });

  it('judges a call with its arguments', async () => {
    const call = (args: object) => ask({ ...alice, ip: '10.1.2.3', tool: 'pay', arguments: args });
    expect((await call({ amount: 5 })).decision).toMatchObject({ allowed: true });
    const { decision, trace, change } = await call({ amount: 500 });
    expect(decision).toMatchObject({ allowed: false, level: 'tool', policy: 'no-money' });
    expect(trace.at(-1)).toMatchObject({ actual: 500 });
    expect(change[0].steps[0]).toMatchObject({ policy: 'no-money', should: 'not match', of: 'any' });
  });

  it('holds somebody until they did what the policy asks', async () => {
    const crm = { person: 'bob@example.com', server: 'crm' };
    const held = await ask(crm);
    expect(held.decision).toMatchObject({ allowed: false, outcome: 'held' });
    expect(held.decision.remedies).toEqual([{ kind: 'justification', level: 'server', policy: 'careful' }]);
    expect(held.change[0].steps[0]).toMatchObject({ should: 'be fulfilled' });
    const then = await ask({ ...crm, overrides: { justified: ['careful'] } });
    expect(then.decision.outcome).toBe('allowed');
  });

  it('asks what if: other groups, and a risk that nobody stored', async () => {
    const vault = { person: 'bob@example.com', server: 'vault' };
    const risk = (atLeast: string) =>
      ask({ ...vault, overrides: { groups: ['engineering'], risk: atLeast } });
    expect((await risk('low')).decision.outcome).toBe('allowed');
    expect((await risk('high')).decision.outcome).toBe('denied');
    const unknown = await ask({ ...vault, overrides: { groups: ['engineering'] } });
    expect(unknown.decision.outcome).toBe('denied');
    expect(unknown.notes).toContainEqual(expect.stringContaining('risk'));
  });

  it('takes the sign-in from the newest session, and says so where there is none', async () => {
    const erin = person('erin@example.com', []);
    const now = Math.floor(Date.now() / 1000);
    await savePerson(admin.identity, erin);
    const editor = { person: erin.id, server: 'editor', client: 'cursor' };
    const signedOut = await ask(editor);
    expect(signedOut.decision).toMatchObject({ outcome: 'held', remedies: [{ kind: 'sign-in' }] });
    expect(signedOut.notes).toContainEqual(expect.stringContaining('is not signed in'));
    for (const [sid, age] of [
      ['old', 7200],
      ['new', 60],
    ] as const)
      await saveAccessSession(admin.identity, {
        sid,
        person: erin,
        authenticatedAt: now - age,
        expiresAt: now + 3600,
      });
    expect(await ask(editor)).toMatchObject({ decision: { outcome: 'allowed' }, notes: [] });
    const later = new Date((now + 7200) * 1000).toISOString();
    expect((await ask({ ...editor, at: later })).decision.outcome).toBe('held');
    expect((await ask({ ...editor, client: 'other' })).decision.outcome).toBe('denied');
  });

  it('tests service tokens, which lack what people have', async () => {
    expect((await ask({ serviceToken: 'nightly', server: 'hr' })).decision).toMatchObject({
      allowed: true,
      policy: 'programs',
    });
    expect((await ask({ serviceToken: 'nightly', server: 'vault' })).decision.outcome).toBe('denied');
  });

  it('shows of a person only what policies look at', async () => {
    const answers = [await ask({ ...alice, ip: '10.1.2.3' }), await ask({ ...alice, server: 'vault' })];
    expect(JSON.stringify(answers)).not.toContain('secret-project');
  });

  it('stores nothing and records nothing', async () => {
    const count = async () =>
      (await admin.call('GET', '/audit', { query: { limit: '500' } })).body.items.length;
    const before = await count();
    await ask(alice);
    expect(await count()).toBe(before);
  });

  it.each([
    [{ person: 'nobody@example.com' }, 'person', 'not_found'],
    [{ serviceToken: 'nothing' }, 'serviceToken', 'not_found'],
    [{ person: 'bob@example.com', portal: 'other' }, 'portal', 'not_found'],
    [{ person: 'bob@example.com', server: 'nothing' }, 'server', 'not_found'],
    [{ ...alice, tool: 'nothing' }, 'tool', 'not_found'],
    [{ person: 'bob@example.com', tool: 'find' }, 'tool', 'not_found'],
    [{}, 'person', 'invalid_request'],
    [{ ...alice, serviceToken: 'nightly' }, 'person', 'invalid_request'],
    [{ ...alice, ip: 'here' }, 'ip', 'invalid_request'],
    [{ ...alice, country: 'XX' }, 'country', 'invalid_request'],
    [{ ...alice, at: 'noon' }, 'at', 'invalid_request'],
    [{ ...alice, arguments: {} }, 'arguments', 'invalid_request'],
    [{ ...alice, overrides: { shoe: 44 } }, 'overrides.shoe', 'invalid_request'],
    [{ serviceToken: 'nightly', overrides: { groups: [] } }, 'overrides.groups', 'invalid_request'],
  ])('refuses %j with its place', async (body, at, code) => {
    expect((await ask(body)).error).toMatchObject({ at, code });
  });

  it('asks which of several people with one address is meant', async () => {
    await savePerson(admin.identity, person('twin@example.com', [], 'okta'));
    await savePerson(admin.identity, person('twin@example.com', [], 'cognito'));
    const { error } = await ask({ person: 'twin@example.com' });
    expect(error).toMatchObject({ code: 'ambiguous_person', at: 'person' });
    expect(error.message).toContain(personId('okta', 'twin@example.com'));
  });
});

describe('who may test policies', () => {
  it.each(['test', 'who', 'diff'])('nobody without a role: %s', async (path) => {
    const { status } = await admin.call('POST', `/policies/${path}`, {
      as: 'carol@example.com',
      body: alice,
    });
    expect(status).toBe(403);
  });

  it.each(['test', 'who', 'diff'])(
    'nobody with a token of the portal, as service tokens have: %s',
    async (path) => {
      const token = await admin.issue('dana@example.com', { aud: `${ORIGIN}/mcp` });
      const { status } = await admin.call('POST', `/policies/${path}`, { token, body: alice });
      expect(status).toBe(401);
    },
  );
});

describe('who could use something', () => {
  const outcomes = async (body: object) => {
    const { items } = await ask(body, 'who');
    return Object.fromEntries(
      items.map((item: { who: { email?: string; serviceToken?: string }; outcome: string }) => [
        item.who.email ?? item.who.serviceToken,
        item.outcome,
      ]),
    );
  };

  it('is everybody known, with what becomes of them from the right place', async () => {
    expect(await outcomes({ server: 'hr', tool: 'pay' })).toMatchObject({
      'alice@example.com': 'allowed',
      'bob@example.com': 'denied',
      'mallory@outside.test': 'denied',
      nightly: 'allowed',
    });
    expect(await outcomes({ server: 'crm' })).toMatchObject({
      'bob@example.com': 'held',
      'mallory@outside.test': 'denied',
    });
  });

  it('leaves open by which application and how freshly signed in', async () => {
    expect(await outcomes({ server: 'editor' })).toMatchObject({ 'bob@example.com': 'held' });
  });

  it('is filtered by the outcome', async () => {
    expect(Object.values(await outcomes({ server: 'crm', allowed: true }))).not.toContain('denied');
    expect(new Set(Object.values(await outcomes({ server: 'crm', allowed: false })))).toEqual(
      new Set(['denied']),
    );
  });

  it('comes in pages without anybody twice', async () => {
    const seen: string[] = [];
    let next: string | null = null;
    do {
      const page: { items: { who: { id?: string } }[]; next: string | null } = await ask(
        { limit: 2, ...(next === null ? {} : { next }) },
        'who',
      );
      seen.push(...page.items.flatMap(({ who }) => who.id ?? []));
      next = page.next;
    } while (next !== null);
    expect(seen).toHaveLength(new Set(seen).size);
    expect(await Promise.all(seen.map((id) => findPerson(admin.identity, id)))).not.toContain(undefined);
    expect(seen).toContain(personId('cognito', 'mallory@outside.test'));
  });
});

describe('what documents would change', () => {
  const changes = async (body: object) => {
    const found = await ask(body, 'diff');
    if (found.error) throw new Error(JSON.stringify(found.error));
    return found.changes
      .map(
        (row: {
          who: { email?: string; serviceToken?: string };
          server?: string;
          tool?: string;
          change: string;
        }) =>
          `${row.who.email ?? row.who.serviceToken} ${row.change} ${row.server ?? 'portal'} ${row.tool ?? ''}`.trim(),
      )
      .toSorted();
  };

  it('says who gains, and stores nothing', async () => {
    const engineers = policy('engineers', { include: [{ group: 'sales' }] });
    const before = (await admin.call('GET', '/policies/engineers')).body.metadata.version;
    expect(await changes({ documents: [engineers] })).toEqual([
      'alice@example.com loses hr',
      'bob@example.com gains hr',
    ]);
    expect((await admin.call('GET', '/policies/engineers')).body.metadata.version).toBe(before);
  });

  it('says from which decision to which', async () => {
    const [change] = (
      await ask({ documents: [policy('calm', { include: [{ email: 'bob@example.com' }] })] }, 'diff')
    ).changes;
    expect([change.from, change.to].map(({ outcome, policy: id }) => [outcome, id])).toContainEqual([
      'allowed',
      'calm',
    ]);
  });

  it('names tools alone where they change unlike their server', async () => {
    const hr = server('hr', {
      policies: ['engineers', 'programs'],
      tools: { find: { enabled: false }, pay: { risk: 'write', policies: ['no-money'] } },
    });
    expect(await changes({ documents: [hr] })).toEqual([
      'alice@example.com loses hr find',
      'nightly loses hr find',
    ]);
  });

  it('is nothing for what is there already', async () => {
    expect(await changes({ documents })).toEqual([]);
  });

  it('compares two sets, of which what is gone counts', async () => {
    const wide = portal({ servers: ['hr', 'crm'] });
    const narrow = portal({ servers: ['hr'] });
    expect(await changes({ from: [wide], documents: [narrow] })).toContain('bob@example.com loses crm');
    expect(await changes({ from: [narrow], documents: [wide] })).toContain('bob@example.com gains crm');
  });

  it('says that tools of a new server are unknown', async () => {
    const added = [server('wiki'), portal({ servers: ['hr', 'crm', 'vault', 'editor', 'wiki'] })];
    const { changes: found, notes } = await ask({ documents: added }, 'diff');
    expect(found).toContainEqual(expect.objectContaining({ server: 'wiki', change: 'gains' }));
    expect(notes).toEqual([expect.stringContaining('"wiki" was never read')]);
  });

  it('refuses what an apply refuses, at the same place', async () => {
    const body = { documents: [portal({ servers: ['hr', 'missing'] })] };
    const applied = (await admin.call('POST', '/apply', { body })).body.error;
    expect((await ask(body, 'diff')).error).toEqual(applied);
    expect(applied).toMatchObject({ code: 'unknown_reference', at: 'documents[0].spec.servers[1]' });
  });
});
