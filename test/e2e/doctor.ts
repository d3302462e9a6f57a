import { afterEach, expect, it, jest } from '@jest/globals';
import * as z from 'zod';
import type { Check, Result } from '../../cli/doctor/check.ts';
import { checks } from '../../cli/doctor/checks.ts';
import { runChecks } from '../../cli/doctor/run-checks.ts';
import { Visit } from '../../cli/doctor/visit.ts';
import type { Administered } from './service-tokens.ts';

const report = z.object({
  healthy: z.boolean(),
  checks: z.array(z.object({ name: z.string(), verdict: z.string(), found: z.string() })),
});

type Alter = (url: URL, init: RequestInit | undefined, response: Response) => Response | Promise<Response>;

/** Puts something between the doctor and the deployment that changes answers. */
function between(alter: Alter): void {
  const { fetch } = globalThis;
  jest.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
    const response = await fetch(input, init);
    return alter(new URL(input instanceof Request ? input.url : String(input)), init, response);
  });
}

const withHeaders = (response: Response, change: (headers: Headers) => void): Response => {
  const headers = new Headers(response.headers);
  change(headers);
  return new Response(response.body, { status: response.status, headers });
};

/** The same answer with another body, made from its JSON. */
async function withJson(
  response: Response,
  change: (body: z.output<z.ZodAny>) => unknown,
): Promise<Response> {
  const { status, headers } = response;
  return new Response(JSON.stringify(change(await response.json())), { status, headers });
}

const isMcp = ({ pathname }: URL, init?: RequestInit) => pathname === '/mcp' && init?.method === 'POST';
const methodOf = (init?: RequestInit): unknown =>
  typeof init?.body === 'string' ? JSON.parse(init.body).method : undefined;

/** A check with all that it stands on. */
const standingOn = (check: Check): Check[] => [...(check.after ?? []).flatMap(standingOn), check];

/** What `sallyport doctor` says of a deployment that is well, and of one with something wrong in front of it. */
export function describeDoctor(administered: () => Administered): void {
  afterEach(() => void jest.restoreAllMocks());

  async function examine(name: string, person?: string): Promise<Result | undefined> {
    const check = checks.find((each) => each.name === name);
    if (!check) throw new Error(`There is no check ${name}.`);
    const visit = new Visit({
      url: administered().cloud.origin,
      person,
      openBrowser: false,
      anonymous: person === undefined,
      apiHost: undefined,
      say: () => {},
    });
    const needed = new Set(standingOn(check));
    return (
      await runChecks(
        checks.filter((each) => needed.has(each)),
        visit,
      )
    ).at(-1);
  }

  it('finds nothing wrong as an owner, and leaves nothing signed in', async () => {
    const { sallyport } = administered();
    const before = await sallyport('session list --mine -o json');
    const { healthy, checks: found } = report.parse(
      JSON.parse(await sallyport('doctor --person dana --json')),
    );
    expect(found.filter(({ verdict }) => verdict !== 'pass')).toEqual([
      { name: 'plain-http', verdict: 'skip', found: 'there is no TLS on the loopback address' },
    ]);
    expect([healthy, found.length]).toEqual([true, checks.length]);
    const grants = (text: string) => text.match(/"grant"/g)?.length;
    expect(grants(await sallyport('session list --mine -o json'))).toBe(grants(before));
  });

  it('leaves out, with the reason, what a person without a role may not see', async () => {
    const out = await administered().sallyport('doctor --person alice --json');
    const { healthy, checks: found } = report.parse(JSON.parse(out));
    expect(healthy).toBe(true);
    const left = found.filter(({ verdict, name }) => verdict === 'skip' && name !== 'plain-http');
    expect(left.map(({ name }) => name)).toEqual([
      'health',
      'audit',
      'version',
      'key-rotation',
      'alarms',
      'schedules',
      'data-version',
      'firewall',
      'direct-access',
    ]);
    expect(left[0]?.found).toBe('alice@example.com is neither owner nor admin');
  });

  it('warns, and leaves out the portal, for somebody whom no policy lets in', async () => {
    const out = await administered().sallyport('doctor --person carol --json');
    const { healthy, checks: found } = report.parse(JSON.parse(out));
    expect(healthy).toBe(true);
    expect(found.find(({ verdict }) => verdict === 'warn')).toMatchObject({
      name: 'portal-sign-in',
      found: expect.stringContaining('The sign-in was refused'),
    });
    expect(found.find(({ name }) => name === 'denial')).toEqual({
      name: 'denial',
      verdict: 'skip',
      found: 'the portal does not let this person in',
    });
  });

  it.each<[wrong: string, check: string, found: string, alter: Alter]>([
    [
      'the challenge is renamed, as API Gateway does with answers of functions',
      'challenge',
      'without WWW-Authenticate',
      (url, init, response) =>
        isMcp(url, init)
          ? withHeaders(response, (headers) => {
              headers.set('x-amzn-remapped-www-authenticate', headers.get('www-authenticate') ?? '');
              headers.delete('www-authenticate');
            })
          : response,
    ],
    [
      'the challenge names another address',
      'challenge',
      'api.example.com',
      (url, init, response) =>
        isMcp(url, init)
          ? withHeaders(response, (headers) =>
              headers.set(
                'www-authenticate',
                'Bearer resource_metadata="https://api.example.com/x", scope="mcp"',
              ),
            )
          : response,
    ],
    [
      'pages cannot read the challenge',
      'challenge',
      'pages of other origins',
      (_url, _init, response) =>
        withHeaders(response, (headers) => headers.delete('access-control-expose-headers')),
    ],
    [
      'requests without a valid token are answered',
      'forged-token',
      'answers 200',
      (url, init, response) =>
        isMcp(url, init) && new Headers(init?.headers).has('authorization')
          ? new Response('{}', { status: 200 })
          : response,
    ],
    [
      'the issuer is another one',
      'server-metadata',
      'the issuer is https://old.example.com',
      (url, _init, response) =>
        url.pathname.includes('oauth-authorization-server')
          ? withJson(response, (body) => ({ ...body, issuer: 'https://old.example.com' }))
          : response,
    ],
    [
      'tokens would be fetched elsewhere',
      'openid-configuration',
      'token_endpoint is https://elsewhere.example.com/token',
      (url, _init, response) =>
        url.pathname.includes('openid-configuration')
          ? withJson(response, (body) => ({ ...body, token_endpoint: 'https://elsewhere.example.com/token' }))
          : response,
    ],
    [
      'the metadata is about the resource with a slash',
      'resource-metadata',
      '/mcp/',
      (url, _init, response) =>
        url.pathname.includes('oauth-protected-resource')
          ? withJson(response, (body) => ({ ...body, resource: `${body.resource}/` }))
          : response,
    ],
    [
      'a private key is published',
      'signing-keys',
      'private part',
      (url, _init, response) =>
        url.pathname === '/oauth/jwks'
          ? withJson(response, ({ keys: [key] }) => ({ keys: [{ ...key, d: 'AQAB' }] }))
          : response,
    ],
    [
      'pages may be framed',
      'page-headers',
      'content-security-policy',
      (url, _init, response) =>
        url.pathname === '/'
          ? withHeaders(response, (headers) => headers.delete('content-security-policy'))
          : response,
    ],
    [
      'a cache answers POST',
      'cache',
      'Age: 12',
      (url, init, response) =>
        isMcp(url, init) ? withHeaders(response, (headers) => headers.set('age', '12')) : response,
    ],
    [
      'the clock is five minutes off',
      'clock',
      's ahead of this machine',
      (_url, _init, response) =>
        withHeaders(response, (headers) => headers.set('date', new Date(Date.now() + 300_000).toUTCString())),
    ],
    [
      'GET /mcp streams',
      'get-refused',
      'answers 200',
      (url, init, response) =>
        url.pathname === '/mcp' && init?.method !== 'POST' ? new Response('', { status: 200 }) : response,
    ],
  ])('fails when %s', async (_wrong, name, found, alter) => {
    between(alter);
    const result = await examine(name);
    expect(result).toMatchObject({ name, verdict: 'fail', found: expect.stringContaining(found) });
  });

  it('says so when what anybody may call is answered, and when the audit does not have what was refused', async () => {
    between((url, init, response) => {
      if (isMcp(url, init) && methodOf(init) === 'tools/call')
        return new Response(JSON.stringify({ jsonrpc: '2.0', id: 1, result: { content: [] } }), {
          headers: { 'content-type': 'application/json' },
        });
      if (url.pathname === '/api/v1/audit') return withJson(response, (body) => ({ ...body, items: [] }));
      return response;
    });
    expect(await examine('denial', 'dana')).toMatchObject({ verdict: 'fail' });
    expect(await examine('audit', 'dana')).toMatchObject({
      verdict: 'fail',
      found: 'the audit has no record of the sign-in',
    });
  });

  it('fails for a part that the deployment cannot look at, for a clock of its own, and for another version', async () => {
    between((url, _init, response) =>
      url.pathname === '/api/v1/health'
        ? withJson(response, (body) => ({
            ...body,
            version: '9.9.9',
            alarms: { unknown: 'CloudWatch could not be read (AccessDenied).' },
          }))
        : response,
    );
    expect(await examine('alarms', 'dana')).toMatchObject({
      verdict: 'fail',
      found: expect.stringContaining('AccessDenied'),
    });
    expect(await examine('version', 'dana')).toMatchObject({
      verdict: 'warn',
      found: expect.stringContaining('9.9.9'),
    });
  });
}
