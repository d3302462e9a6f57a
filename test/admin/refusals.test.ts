import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { BODY_LIMIT } from '../../lambdas/admin/json-body.ts';
import { type Administration, policy, portal, server, startAdministration } from './administration.ts';

let admin: Administration;
beforeAll(async () => {
  admin = await startAdministration();
  await admin.apply(policy('staff'), server('hr'));
});
afterAll(() => admin.close());

const without = (document: object, name: string) =>
  Object.fromEntries(Object.entries(document).filter(([member]) => member !== name));

describe('a document at fault is refused with its place and what to do', () => {
  it.each<[string, unknown[], string, string]>([
    [
      'an unknown kind',
      [{ ...policy('a'), kind: 'Polcy' }],
      'documents[0].kind',
      'known kinds: Portal, Server, Policy',
    ],
    ['no kind', [without(policy('a'), 'kind')], 'documents[0].kind', 'needs a kind'],
    [
      'another API version',
      [{ ...policy('a'), apiVersion: 'v2' }],
      'documents[0].apiVersion',
      'sallyport/v1',
    ],
    [
      'an unknown key',
      [policy('a'), policy('b', { incldue: [] })],
      'documents[1].spec.incldue',
      'known here: action, include, require, exclude, message',
    ],
    ['a missing key', [server('s', { title: undefined })], 'documents[0].spec.title', 'is missing'],
    ['an id that is none', [policy('Not An Id')], 'documents[0].metadata.id', '1 to 63 of a-z'],
    [
      'a slug that is none',
      [server('s', { slug: 'with_underscore' })],
      'documents[0].spec.slug',
      '1 to 16 of a-z',
    ],
    [
      'a slug that is taken',
      [server('other', { slug: 'hr' })],
      'documents[0].spec.slug',
      'taken by Server "hr"',
    ],
    [
      'one slug twice',
      [server('x', { slug: 'same' }), server('y', { slug: 'same' })],
      'documents[1].spec.slug',
      'taken by Server "x"',
    ],
    [
      'one document twice',
      [policy('a'), policy('a')],
      'documents[1].metadata.id',
      'twice, first at documents[0]',
    ],
    [
      'a policy that is not there',
      [policy('a'), server('s', { policies: ['staff', 'gone'] })],
      'documents[1].spec.policies[1]',
      'there is no Policy "gone"',
    ],
    [
      'a server that is not there',
      [portal({ servers: ['gone'] })],
      'documents[0].spec.servers[0]',
      'there is no Server "gone"',
    ],
    [
      'one server twice in a portal',
      [portal({ servers: ['hr', 'hr'] })],
      'documents[0].spec.servers[1]',
      'named twice',
    ],
    [
      'a portal outside the configuration',
      [portal({}, 'sales')],
      'documents[0].metadata.id',
      "add the line `'sales',` to `portals` (now ['default']) in sallyport.config.ts",
    ],
    [
      'a selector that is not known',
      [policy('a', { include: [{ everybody: true }] })],
      'documents[0].spec.include[0]',
      'everyone, email, emailDomain, emailList, group',
    ],
    [
      'a selector at fault',
      [policy('a', { include: [{ ipRange: '10.0.0.0/99' }] })],
      'documents[0].spec.include[0].ipRange',
      'address or range',
    ],
    ['an empty policy', [policy('a', { include: [] })], 'documents[0].spec.include', 'at least one selector'],
    [
      'a tool at fault',
      [server('s', { tools: { 'get it': { risk: 'high' } } })],
      'documents[0].spec.tools["get it"].risk',
      'read-only',
    ],
    ['a URL that is none', [server('s', { url: 'ftp://example.com' })], 'documents[0].spec.url', 'URL'],
    ['text for a document', ['kind: Policy'], 'documents[0]', 'must be a document'],
  ])('%s', async (_what, documents, at, hint) => {
    const { status, body } = await admin.apply(...documents);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(500);
    expect(body.error.at).toBe(at);
    expect(body.error.message).toContain(hint);
  });

  it('names further faults in the message', async () => {
    const { body } = await admin.apply(server('s', { slug: 'A', url: 'nowhere' }));
    expect(body.error.at).toBe('documents[0].spec.slug');
    expect(body.error.message).toContain('documents[0].spec.url: ');
  });

  it('refuses more changes than one transaction holds', async () => {
    const { status, body } = await admin.apply(...Array.from({ length: 50 }, (_, i) => policy(`many-${i}`)));
    expect([status, body.error.code]).toEqual([400, 'too_many_changes']);
  });
});

describe('a body that is not a request', () => {
  const post = (body: string) => admin.call('POST', '/apply', { body });

  it.each([
    ['{"documents": [}', 'line 1, column 16', 'unexpected "}"'],
    ['{"documents":\n  [nul]}', 'line 2, column 7', 'unexpected "]"'],
    ['{"documents": [1, 2', 'line 1, column 20', 'ends too early'],
    ['{"a": "b" "c": 1}', 'line 1, column 11', 'unexpected'],
    ['', 'line 1, column 1', 'ends too early'],
    ['{"documents": []} x', 'line 1, column 19', 'unexpected "x"'],
    ["{'documents': []}", 'line 1, column 2', 'unexpected "\'"'],
  ])('says where %j stops being JSON', async (text, place, what) => {
    const { status, body } = await post(text);
    expect([status, body.error.code, body.error.at]).toEqual([400, 'malformed_json', `body, ${place}`]);
    expect(body.error.message).toContain(what);
  });

  it('is refused over the limit', async () => {
    const { status, body } = await post(`{"documents": ["${'x'.repeat(BODY_LIMIT)}"]}`);
    expect([status, body.error.code]).toEqual([413, 'body_too_large']);
  });

  it.each([
    ['no documents', '{}', 'documents'],
    ['an empty list', '{"documents": []}', 'documents'],
    ['an unknown member', '{"documents": [1], "dryRun": true}', 'dryRun'],
    ['endless nesting', `${'['.repeat(5000)}${']'.repeat(5000)}`, 'body'],
    ['text that is not Unicode', '{"documents": ["\\ud800"]}', 'body'],
  ])('%s', async (_what, text, at) => {
    const { status, body } = await post(text);
    expect([status, body.error.at]).toEqual([400, at]);
  });
});

describe('a request at fault', () => {
  it.each<[string, string, Record<string, string>, string]>([
    ['an unknown parameter', '/policies', { page: '2' }, 'query page'],
    ['a limit out of range', '/policies', { limit: '0' }, 'query limit'],
    ['a cursor that is none', '/policies', { next: '../x' }, 'query next'],
    ['a time that is none', '/audit', { since: 'yesterday' }, 'query since'],
  ])('%s', async (_what, path, query, at) => {
    const { status, body } = await admin.call('GET', path, { query });
    expect([status, body.error.at]).toEqual([400, at]);
  });

  it('names the methods of a path, and the description for a path that is not there', async () => {
    const method = await admin.call('PATCH', '/policies/staff');
    expect([method.status, method.headers.allow]).toEqual([405, 'GET, PUT, DELETE']);
    const path = await admin.call('GET', '/polices');
    expect([path.status, path.body.error.message]).toEqual([404, expect.stringContaining('openapi.json')]);
  });

  it.each(['/policies/..%2fstaff', '/policies/%00', `/policies/${'a'.repeat(3000)}`, '/policies/a/b'])(
    'finds nothing at %.30s',
    async (path) => {
      expect((await admin.call('GET', path)).status).toBe(404);
    },
  );
});
