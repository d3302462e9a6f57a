import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { roleOf, roles } from '../../lambdas/admin/roles.ts';
import { SallyportError } from '../../lambdas/shared/errors.ts';
import { type Administration, ORIGIN, policy, startAdministration } from './administration.ts';

let admin: Administration;
beforeAll(async () => {
  admin = await startAdministration();
});
afterAll(() => admin.close());

const since = new Date(Date.now() - 3_600_000).toISOString();
const records = async (query: Record<string, string> = {}) =>
  (await admin.call('GET', '/audit', { query: { since, ...query } })).body.items;

describe('who may use the admin API', () => {
  it('greets an owner with role and permissions', async () => {
    const { body } = await admin.call('GET', '/me');
    expect(body).toMatchObject({
      person: { email: 'dana@example.com' },
      role: 'owner',
      permissions: expect.arrayContaining(['documents:write', 'audit:read']),
      client: 'sallyport-cli',
    });
  });

  it('tells somebody without a role that they have none', async () => {
    const { status, body } = await admin.call('GET', '/me', { as: 'alice@example.com' });
    expect([status, body.role, body.permissions]).toEqual([200, null, []]);
  });

  it.each([
    ['GET', '/policies'],
    ['POST', '/apply'],
    ['DELETE', '/policies/staff'],
    ['GET', '/audit'],
  ])('refuses somebody without a role at %s %s with the reason', async (method, path) => {
    const { status, body } = await admin.call(method, path, { as: 'alice@example.com', body: {} });
    expect([status, body.error.code]).toEqual([403, 'no_permission']);
    expect(body.error.message).toContain('alice@example.com has no role');
    expect(body.error.message).toContain('`owners` in sallyport.config.ts');
  });

  it('keeps what somebody without a role tried', async () => {
    const tried = await records({ person: 'alice@example.com' });
    expect(tried).toHaveLength(4);
    expect(tried).toContainEqual(
      expect.objectContaining({
        type: 'change',
        activity: 'delete',
        status: 'denied',
        document: { kind: 'Policy', id: 'staff' },
        reason: expect.stringContaining('has no role'),
        ip: '192.0.2.7',
      }),
    );
  });

  it.each([
    ['no token', ''],
    ['a token for the portal', 'aud'],
    ['an expired token', 'exp'],
    ['a token without the scope', 'scope'],
    ['an altered token', 'altered'],
  ])('refuses %s', async (_what, how) => {
    const claims = {
      ...(how === 'aud' ? { aud: `${ORIGIN}/mcp` } : {}),
      ...(how === 'exp' ? { exp: 1_000 } : {}),
      ...(how === 'scope' ? { scope: 'mcp' } : {}),
    };
    const issued = how === '' ? '' : await admin.issue('dana@example.com', claims);
    const token = how === 'altered' ? issued.replace(/\.[^.]{4}/, '.AAAA') : issued;
    const { status } = await admin.call('POST', '/apply', { token, body: { documents: [policy('x')] } });
    expect(status).toBe(how === 'scope' ? 403 : 401);
    expect((await admin.call('GET', '/policies/x')).status).toBe(404);
  });

  it('refuses a token in the query', async () => {
    const token = await admin.issue('dana@example.com');
    const { status } = await admin.call('GET', '/me', { token: '', query: { access_token: token } });
    expect(status).toBe(400);
  });
});

describe('roles', () => {
  it('knows owners by e-mail address in any case', () => {
    expect(roleOf('Dana@Example.com', ['dana@example.COM'])).toBe('owner');
  });

  it.each(['dana@example.com.evil.test', 'xdana@example.com', ' dana@example.com', 'dana@example.co', ''])(
    'does not take %j for an owner',
    (email) => expect(roleOf(email, ['dana@example.com'])).toBeUndefined(),
  );

  it('does not take a look-alike that only Unicode lower-cases to an owner', () => {
    expect('mi\u212Ae@example.com'.toLowerCase()).toBe('mike@example.com');
    expect(roleOf('mi\u212Ae@example.com', ['mike@example.com'])).toBeUndefined();
  });

  it('lets only owners and admins write, and only payload readers and owners open payloads', () => {
    const may = (permission: string) =>
      Object.entries(roles).flatMap(([role, granted]) =>
        (granted as readonly string[]).includes(permission) ? [role] : [],
      );
    expect(may('documents:write')).toEqual(['owner', 'admin']);
    expect(may('payloads:read')).toEqual(['owner', 'payload reader']);
  });
});

describe('the audit of changes', () => {
  it('holds who changed what, with content hashes before and after', async () => {
    await admin.apply(policy('watched'));
    await admin.apply(policy('watched', { action: 'block' }));
    await admin.call('DELETE', '/policies/watched');
    const about = (await records()).filter(
      (r: { document?: { id: string } }) => r.document?.id === 'watched',
    );
    expect(about.map((r: { activity: string; status: string }) => [r.activity, r.status])).toEqual([
      ['delete', 'success'],
      ['delete', 'intent'],
      ['update', 'success'],
      ['update', 'intent'],
      ['create', 'success'],
      ['create', 'intent'],
    ]);
    const [deleted, intent, updated, , created] = about;
    expect(intent.exchange).toBe(deleted.exchange);
    expect(new Set(about.map((r: { exchange: string }) => r.exchange)).size).toBe(3);
    expect(created.before).toBeUndefined();
    expect(updated.before).toBe(created.after);
    expect(deleted.before).toBe(updated.after);
    expect(created).toMatchObject({ person: { email: 'dana@example.com' }, client: { id: 'sallyport-cli' } });
  });

  it('comes before the change: what cannot be recorded is not done', async () => {
    const { audit } = admin.api;
    const unavailable = new SallyportError('audit_unavailable', 503, 'Not now.');
    admin.api.audit = { ...audit, change: () => Promise.reject(unavailable) };
    const created = await admin.apply(policy('unrecorded'));
    admin.api.audit = audit;
    expect(created.body.error.code).toBe('audit_unavailable');
    expect((await admin.call('GET', '/policies/unrecorded')).status).toBe(404);
  });

  it('says that a change failed when somebody else was faster', async () => {
    const answers = await Promise.all(
      ['one', 'two', 'three'].map((group) => admin.apply(policy('contested', { include: [{ group }] }))),
    );
    const lost = answers.filter(({ status }) => status === 409).length;
    const about = (await records()).filter(
      (r: { document?: { id: string } }) => r.document?.id === 'contested',
    );
    const count = (status: string) => about.filter((r: { status: string }) => r.status === status).length;
    expect(count('intent')).toBe(count('success') + count('failure'));
    expect(count('failure')).toBe(lost);
  });

  it('makes no record of an apply that changed nothing', async () => {
    await admin.apply(policy('calm'));
    const before = (await records()).length;
    await admin.apply(policy('calm'));
    expect(await records()).toHaveLength(before);
  });

  it('holds refused changes of an owner too', async () => {
    await admin.call('DELETE', '/policies/never-there');
    const [last] = await records({ limit: '1' });
    expect(last).toMatchObject({
      activity: 'delete',
      status: 'failure',
      reason: 'There is no Policy "never-there".',
    });
  });

  it('is read in pages, by person and by time', async () => {
    const first = (await admin.call('GET', '/audit', { query: { since, limit: '2' } })).body;
    expect(first.items).toHaveLength(2);
    const second = (await admin.call('GET', '/audit', { query: { since, limit: '2', next: first.next } }))
      .body;
    expect(second.items[0].id).not.toBe(first.items[1].id);
    const later = new Date(Date.now() + 60_000).toISOString();
    expect(await records({ since: later })).toEqual([]);
    const people = new Set(
      (await records({ person: 'alice@example.com' })).map(
        (r: { person: { email: string } }) => r.person.email,
      ),
    );
    expect(people).toEqual(new Set(['alice@example.com']));
  });
});
