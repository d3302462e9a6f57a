import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { clientInstructions, serverName } from '../../lambdas/console/client-instructions.ts';
import { sessionCookieName, setCookie } from '../../lambdas/console/cookies.ts';
import { html } from '../../lambdas/console/html.ts';
import { catalogOf, policy, portal, server } from '../admin/administration.ts';
import { type RunningDeployment, startRunningDeployment } from '../cli/running-deployment.ts';
import { apply, cookieOf, visiting } from './visiting.ts';

jest.setTimeout(20_000);

let deployment: RunningDeployment;
const { get, beginSignIn, signIn, press } = visiting(() => deployment.origin);

const HOSTILE = '<script>alert("1")</script> & \'co\'';

beforeAll(async () => {
  deployment = await startRunningDeployment();
  deployment.upstreams.set('https://hr.example.com/mcp', catalogOf('find_person', 'list_teams'));
  deployment.upstreams.set('https://crm.example.com/mcp', catalogOf('find_deal'));
  await apply(
    deployment,
    policy('staff', { include: [{ emailDomain: 'example.com' }] }),
    policy('outsiders', {
      action: 'block',
      include: [{ emailDomain: 'outside.test' }],
      message: 'For staff only.',
    }),
    policy('engineers', { include: [{ group: 'engineering' }] }),
    server('hr', { title: HOSTILE, description: '<b>People</b>', policies: ['engineers'] }),
    server('crm', { title: 'Customers' }),
    portal({
      title: 'Example <i>tools</i>',
      description: 'Only for insiders.',
      servers: ['hr', 'crm'],
      policies: ['outsiders', 'staff'],
    }),
  );
});
afterAll(() => deployment.close());

describe('the page before a sign-in', () => {
  it('shows the name of the portal and the way in, and nothing else of the deployment', async () => {
    const { response, body } = await get('/');
    expect(response.status).toBe(200);
    expect(body).toContain('<h1>Example &#60;i&#62;tools&#60;/i&#62;</h1>');
    expect(body).toContain('href="/console/sign-in"');
    for (const inside of ['Only for insiders', 'Customers', 'find_deal', '/mcp"', 'engineers', 'dana@']) {
      expect(body).not.toContain(inside);
    }
  });

  it('may load nothing, run nothing and be framed by nobody', async () => {
    const { response, body } = await get('/');
    const policyText = response.headers.get('content-security-policy') ?? '';
    expect(policyText).toContain("default-src 'none'");
    expect(policyText).toContain("frame-ancestors 'none'");
    expect(policyText).not.toContain('script-src');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(body).not.toMatch(/<script|\son\w+=|https?:\/\//);
  });
});

describe('the page of a person who is signed in', () => {
  let alice: string;
  beforeAll(async () => {
    alice = await signIn('alice');
  });

  it('greets them and shows the servers that are there for them, with what they offer', async () => {
    const { body } = await get('/', { cookie: alice });
    expect(body).toContain('Hello Alice Archer.');
    expect(body).toContain('2 tools; names begin with <code>hr__</code>');
    expect(body).toContain('Customers');
    expect(body).toContain('1 tool; names begin with <code>crm__</code>');
    expect(body).toContain('action="/console/sign-out"');
  });

  it('hides what their policies do not allow', async () => {
    const { body } = await get('/', { cookie: await signIn('bob') });
    expect(body).toContain('Customers');
    expect(body).not.toContain('hr__');
  });

  it('shows markup in titles and descriptions as text', async () => {
    const { body } = await get('/', { cookie: alice });
    expect(body).toContain('&#60;script&#62;alert(&#34;1&#34;)&#60;/script&#62; &#38; &#39;co&#39;');
    expect(body).toContain('&#60;b&#62;People&#60;/b&#62;');
    expect(body).not.toMatch(/<script|<b>|<i>/);
  });

  it('says how to connect each client, with the real address', async () => {
    const { body } = await get('/', { cookie: alice });
    const url = `${deployment.origin}/mcp`;
    expect(body).toContain(`claude mcp add --transport http test-deployment ${url}`);
    expect(body).toContain(`codex mcp add test-deployment --url ${url}`);
    for (const client of ['Claude.ai', 'VS Code', 'Cursor', 'Gemini CLI', 'MCP Inspector']) {
      expect(body).toContain(client);
    }
  });

  it('says why when the portal no longer admits them', async () => {
    const cookie = await signIn('bob');
    await apply(
      deployment,
      policy('outsiders', {
        action: 'block',
        include: [{ group: 'sales' }],
        message: 'Sales use the other door.',
      }),
    );
    const { response, body } = await get('/', { cookie });
    expect(response.status).toBe(403);
    expect(body).toContain('Sales use the other door.');
    expect(body).not.toContain('Customers');
    await apply(
      deployment,
      policy('outsiders', {
        action: 'block',
        include: [{ emailDomain: 'outside.test' }],
        message: 'For staff only.',
      }),
    );
  });
});

describe('a sign-in', () => {
  it('is refused with the reason for somebody whom the portal does not admit', async () => {
    const { browser, callback } = await beginSignIn('carol');
    const { response, body } = await get(callback, { cookie: browser });
    expect(response.status).toBe(403);
    expect(body).toContain('For staff only.');
    expect(cookieOf(response, 'sallyport')).toBeUndefined();
    expect(body).toContain('href="/console/sign-in?again"');
    const again = await get('/console/sign-in?again');
    expect(again.response.headers.get('location')).toContain('prompt=login');
  });

  it('sets a cookie that scripts cannot read, and stores only its hash', async () => {
    const { browser, callback } = await beginSignIn('alice');
    const { response } = await get(callback, { cookie: browser });
    const [set = ''] = response.headers.getSetCookie().filter((value) => value.startsWith('sallyport='));
    expect(set).toMatch(/^sallyport=[\w-]{43}; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Lax$/);
    const id = set.slice('sallyport='.length, 'sallyport='.length + 43);
    expect(await deployment.identity.get({ pk: `ConsoleSession#${id}`, sk: 'current' })).toBeUndefined();
  });

  it('uses a host-bound, secure cookie over https', () => {
    const origin = 'https://ai.example.com';
    expect(setCookie(origin, sessionCookieName(origin), 'x', 60)).toBe(
      '__Host-sallyport=x; Path=/; Max-Age=60; HttpOnly; SameSite=Lax; Secure',
    );
  });

  it('cannot be finished twice', async () => {
    const { browser, callback } = await beginSignIn('alice');
    const answers = await Promise.all([
      get(callback, { cookie: browser }),
      get(callback, { cookie: browser }),
    ]);
    expect(answers.map(({ response }) => response.status).toSorted((a, b) => a - b)).toEqual([303, 400]);
  });

  it('cannot be finished in a browser that did not begin it (login CSRF)', async () => {
    const { callback } = await beginSignIn('alice');
    const victim = await beginSignIn('bob');
    for (const cookie of ['', 'sallyport-sign-in=', `sallyport-sign-in=${'x'.repeat(43)}`, victim.browser]) {
      const { response, body } = await get(callback, { cookie });
      expect(response.status).toBe(400);
      expect(body).toContain('begun in another browser');
    }
  });

  it.each([
    ['without its issuer', (query: URLSearchParams) => query.delete('iss')],
    ['of another issuer', (query: URLSearchParams) => query.set('iss', 'https://evil.test')],
    ['with another code', (query: URLSearchParams) => query.set('code', 'forged')],
    ['with another state', (query: URLSearchParams) => query.set('state', 'y'.repeat(43))],
  ])('is not finished by an answer %s', async (_what, tamper) => {
    const { browser, callback } = await beginSignIn('alice');
    const url = new URL(callback, deployment.origin);
    tamper(url.searchParams);
    const { response } = await get(url.pathname + url.search, { cookie: browser });
    expect(response.status).toBeGreaterThanOrEqual(400);
    expect(response.status).toBeLessThan(500);
    expect(cookieOf(response, 'sallyport')).toBeUndefined();
  });

  it('can be under way in two tabs at once', async () => {
    const first = await beginSignIn('alice');
    const { response } = await get('/console/sign-in', { cookie: first.browser });
    expect(cookieOf(response, 'sallyport-sign-in')).toBe(first.browser);
    expect((await get(first.callback, { cookie: first.browser })).response.status).toBe(303);
  });
});

describe('a sign-out', () => {
  it('ends the session for whoever kept its cookie', async () => {
    const cookie = await signIn('alice');
    const { response } = await press(cookie, '/console/sign-out');
    expect([response.status, response.headers.get('location')]).toEqual([303, '/?signed-out']);
    expect(response.headers.getSetCookie()[0]).toContain('sallyport=; Path=/; Max-Age=0');
    expect((await get('/', { cookie })).body).toContain('href="/console/sign-in"');
  });

  it('lets somebody else sign in next', async () => {
    expect((await get('/?signed-out')).body).toContain('href="/console/sign-in?again"');
    expect((await get('/')).body).toContain('href="/console/sign-in"');
  });

  it('takes a form, not a link', async () => {
    const cookie = await signIn('alice');
    expect((await get('/console/sign-out', { cookie })).response.status).toBe(404);
    expect((await get('/', { cookie })).body).toContain('Hello Alice');
  });

  it('forgets a cookie that means nothing', async () => {
    const { response, body } = await get('/', { cookie: 'sallyport=forged' });
    expect(body).toContain('href="/console/sign-in"');
    expect(response.headers.getSetCookie()[0]).toContain('Max-Age=0');
  });
});

describe('the MCP endpoint', () => {
  it('says what it is to a browser', async () => {
    const { response, body } = await get('/mcp', { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' });
    expect(response.status).toBe(200);
    expect(body).toContain(`<code>${deployment.origin}/mcp</code>`);
    expect(body).toContain('<a href="/">');
  });

  it.each([
    ['GET', 'text/event-stream'],
    ['GET', 'application/json, text/event-stream'],
    ['GET', '*/*'],
    ['DELETE', 'text/html'],
  ])('answers %s with Accept %s by 405 and the method to use', async (method, accept) => {
    const { response, body } = await get('/mcp', { accept }, method);
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST']);
    expect(JSON.parse(body)).toMatchObject({ jsonrpc: '2.0', id: null, error: { code: -32000 } });
  });
});

describe('any other address', () => {
  it.each(['/console/', '/console/nothing', '/console/constructor'])(
    '%s has a page that leads back',
    async (path) => {
      const { response, body } = await get(path);
      expect(response.status).toBe(404);
      expect(body).toContain('<a href="/">');
    },
  );
});

describe('pieces of a page', () => {
  it('never let text become markup', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const piece = html`<p title="${text}">${text}</p>`.text;
        const inside = piece.slice('<p title="'.length, -'</p>'.length);
        expect(inside.replace('">', '')).not.toMatch(/[<>"']/);
      }),
    );
  });

  it('name a deployment so that every client takes it', () => {
    fc.assert(
      fc.property(fc.string(), (name) => {
        expect(serverName(name)).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
      }),
    );
  });

  it('give configuration that parses', () => {
    const copies = clientInstructions('https://ai.example.com/mcp', 'AI').flatMap(({ steps }) =>
      steps.flatMap(({ copy }) => (copy?.startsWith('{') ? [JSON.parse(copy)] : [])),
    );
    expect(copies).toEqual([
      { servers: { ai: { type: 'http', url: 'https://ai.example.com/mcp' } } },
      { mcpServers: { ai: { url: 'https://ai.example.com/mcp' } } },
    ]);
  });

  it('offer the hosted clients only where they can reach the portal', () => {
    const hosted = (url: string) => JSON.stringify(clientInstructions(url, 'AI')[1]);
    expect(hosted('https://ai.example.com/mcp')).toContain('Add custom connector');
    expect(hosted('http://127.0.0.1:8787/mcp')).toContain('cannot reach');
  });
});
