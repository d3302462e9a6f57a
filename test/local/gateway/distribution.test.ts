import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Distribution, EDGE_ADDRESS } from '../../../local/gateway/distribution.ts';
import { ECHO, type RunningGateway, runGateway } from './running-gateway.ts';

const HOST = 'api.execute-api.us-east-1.amazonaws.com';
const VIEWER_REQUEST = readFileSync(
  join(import.meta.dirname, '../../../lib/front-door/viewer-request.js'),
  'utf8',
).replaceAll('ORIGIN_HOST', HOST);

const distributionWith = (viewerRequest: string, countries?: ReadonlyMap<string, string>) =>
  new Distribution(
    {
      viewerRequest,
      originHost: HOST,
      originPath: '/main',
      originHeaders: [['X-Sallyport-Origin-Secret', 'the secret']],
    },
    countries,
  );

const viewed = {
  requestId: 'r',
  method: 'GET',
  path: '/',
  basePath: '',
  query: new URLSearchParams(),
  headers: new Map(),
  sourceIp: '203.0.113.7',
  protocol: 'HTTP/1.1',
  receivedAt: 0,
};

let gateway: RunningGateway;
beforeAll(async () => {
  gateway = await runGateway(
    { echo: ECHO },
    { 'ANY /': { functionName: 'echo' }, 'ANY /{proxy+}': { functionName: 'echo' } },
    { distribution: distributionWith(VIEWER_REQUEST, new Map([['127.0.0.2', 'DE']])) },
  );
});
afterAll(async () => gateway[Symbol.asyncDispose]());

interface Event {
  path: string;
  headers: Record<string, string>;
  multiValueHeaders: Record<string, string[]>;
  multiValueQueryStringParameters: unknown;
  requestContext: { path: string; identity: { sourceIp: string } };
}

/** What arrives at the function, of a request with exactly these headers. */
async function arriving(
  path: string,
  headers: Record<string, string | string[]> = {},
  localAddress = '127.0.0.1',
): Promise<Event> {
  const text = await new Promise<string>((resolve, reject) => {
    request(`${gateway.origin}${path}`, { headers, localAddress }, (response) => {
      response.setEncoding('utf8');
      let body = '';
      response.on('data', (chunk: string) => {
        body += chunk;
      });
      response.on('end', () => resolve(body));
    })
      .on('error', reject)
      .end();
  });
  return JSON.parse(text) as Event;
}

describe('through the distribution', () => {
  it('a request says who the viewer is, and comes from CloudFront', async () => {
    const event = await arriving('/mcp');
    expect(event.headers).toMatchObject({
      'x-sallyport-viewer-address': '127.0.0.1',
      'x-sallyport-origin-secret': 'the secret',
      host: HOST,
    });
    expect(event.requestContext).toMatchObject({ path: '/main/mcp', identity: { sourceIp: EDGE_ADDRESS } });
    expect(event.path).toBe('/mcp');
  });

  it('headers that a client forges are overwritten, whatever their spelling and number', async () => {
    const event = await arriving('/mcp', {
      'X-Sallyport-Viewer-Address': ['10.0.0.1', '10.0.0.2'],
      'x-sallyport-viewer-ADDRESS': '10.0.0.3',
      'X-SALLYPORT-ORIGIN-SECRET': 'a guess',
      'x-forwarded-for': '10.0.0.4',
    });
    expect(event.multiValueHeaders).toMatchObject({
      'x-sallyport-viewer-address': ['127.0.0.1'],
      'x-sallyport-origin-secret': ['the secret'],
      'x-forwarded-for': [`10.0.0.4, 127.0.0.1, ${EDGE_ADDRESS}`],
    });
    expect(JSON.stringify(event)).not.toMatch(/a guess|10\.0\.0\.[123]/);
  });

  it('a request says where the viewer is, if that is known, whatever its own headers say', async () => {
    const claims = { 'CloudFront-Viewer-Country': ['FR', 'GB'] };
    const known = await arriving('/mcp', claims, '127.0.0.2');
    expect(known.multiValueHeaders['cloudfront-viewer-country']).toEqual(['DE']);
    const unknown = await arriving('/mcp', claims);
    expect(JSON.stringify(unknown).toLowerCase()).not.toContain('viewer-country');
  });

  it('a function that lets the viewer’s host pass leads nowhere', async () => {
    const distribution = distributionWith('function handler(event) { return event.request; }');
    expect(distribution.forward(viewed)).toBeUndefined();
  });

  it('query, cookies and the headers of MCP pass', async () => {
    const event = await arriving('/oauth/authorize?resource=a&resource=b', {
      authorization: 'Bearer token',
      cookie: 'a=1; b=2',
      'Mcp-Session-Id': 'session',
      'MCP-Protocol-Version': '2026-07-28',
    });
    expect(event.headers).toMatchObject({
      authorization: 'Bearer token',
      cookie: 'a=1; b=2',
      'mcp-session-id': 'session',
      'mcp-protocol-version': '2026-07-28',
    });
    expect(event.multiValueQueryStringParameters).toEqual({ resource: ['a', 'b'] });
  });
});

describe('the function at the edge', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['2001:db8:1:2:ffff::', '2001:db8:1:2'],
    ['2001:0db8:0001:0002::6', '2001:db8:1:2'],
    ['2001:db8::6', '2001:db8:0:0'],
    ['::1', '0:0:0:0'],
    ['::ffff:203.0.113.7', '::ffff:203.0.113.7'],
  ])('says which network %s is of, since one viewer has all addresses of it', (sourceIp, network) => {
    const request = {
      method: 'GET',
      path: '/',
      headers: new Map([['x-sallyport-viewer-network', ['10.0.0.1']]]),
      sourceIp,
      requestId: 'request',
    };
    const forwarded = distributionWith(VIEWER_REQUEST).forward(request as never);
    expect(forwarded?.headers.get('x-sallyport-viewer-network')).toEqual([network]);
    expect(forwarded?.headers.get('x-sallyport-viewer-address')).toEqual([sourceIp]);
  });

  // https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-javascript-runtime-20.html
  it('uses nothing that CloudFront’s runtime does not list', () => {
    const code = VIEWER_REQUEST.replace("import cf from 'cloudfront';", '').replace(
      /\/\*[\s\S]*?\*\/|\/\/.*/g,
      '',
    );
    expect(code).not.toMatch(/\b(?:const|let|var)\s*[{[]|\.\.\.|\?\.|\?\?|\b(?:class|of|import|export)\b/);
    expect(code).not.toMatch(/function\s*\w*\([^)]*[={[]/);
  });
});

describe('past the distribution', () => {
  it('a request arrives as it was sent, at the stage of the API', async () => {
    const event = await arriving('/main/mcp', { host: HOST, 'x-sallyport-viewer-address': '10.0.0.1' });
    expect(event.headers).toMatchObject({ 'x-sallyport-viewer-address': '10.0.0.1' });
    expect(event.headers).not.toHaveProperty('x-sallyport-origin-secret');
    expect(event.requestContext).toMatchObject({ path: '/main/mcp', identity: { sourceIp: '127.0.0.1' } });
  });

  it('there is no other stage', async () => {
    expect(await arriving('/mcp', { host: HOST })).toEqual({ message: 'Forbidden' });
  });
});

describe('a function at the edge', () => {
  it.each([
    ['reaches the process', 'function handler() { return process; }'],
    ['makes code of text', "function handler(event) { return eval('event.request'); }"],
    ['answers instead', 'function handler() { return { statusCode: 200 }; }'],
    [
      'changes the path',
      "function handler(event) { event.request.uri = '/'; event.request.method = 'X'; return event.request; }",
    ],
    [
      'reads the query',
      'function handler(event) { event.request.querystring.a.value; return event.request; }',
    ],
  ])('that %s does not run here', (_name, code) => {
    expect(() => distributionWith(code).forward(viewed)).toThrow();
  });
});
