import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ECHO, type RunningGateway, runGateway } from './running-gateway.ts';

/** Answers with what the request's body describes. */
const ANSWER = 'export const handler = async (event) => JSON.parse(event.body);';

let gateway: RunningGateway;
beforeAll(async () => {
  gateway = await runGateway(
    {
      echo: ECHO,
      answer: ANSWER,
      crash: 'export const handler = async () => process.exit(1);',
      fail: "export const handler = async () => { throw new Error('an internal detail'); };",
      slow: 'export const handler = async () => { await new Promise((r) => setTimeout(r, 3000)); return { statusCode: 200 }; };',
      large:
        "export const handler = async () => ({ statusCode: 200, body: 'x'.repeat(6 * 1024 * 1024 + 200) });",
    },
    {
      'GET /': { functionName: 'echo' },
      'GET /items': { functionName: 'echo' },
      'ANY /items/{id}': { functionName: 'echo' },
      'ANY /all/{proxy+}': { functionName: 'echo' },
      'POST /all/special': { functionName: 'answer' },
      'POST /answer': { functionName: 'answer' },
      'GET /crash': { functionName: 'crash' },
      'GET /fail': { functionName: 'fail' },
      'GET /slow': { functionName: 'slow', timeoutMilliseconds: 200 },
      'GET /large': { functionName: 'large' },
    },
    { binaryMediaTypes: ['image/png'] },
  );
});
afterAll(async () => gateway[Symbol.asyncDispose]());

const answer = (result: unknown, headers: Record<string, string> = {}) =>
  gateway.fetch('/answer', { method: 'POST', body: JSON.stringify(result), headers });

describe('a proxy event', () => {
  it('describes the request in the payload format 1.0', async () => {
    const response = await gateway.fetch('/items/a%20b?x=1&x=2&y=%C3%BC', {
      method: 'PUT',
      body: 'text',
      headers: { 'X-Custom': 'value', 'user-agent': 'test', 'x-forwarded-for': '203.0.113.9' },
    });
    expect(await response.json()).toMatchObject({
      resource: '/items/{id}',
      path: '/items/a%20b',
      httpMethod: 'PUT',
      pathParameters: { id: 'a b' },
      queryStringParameters: { x: '2', y: 'ü' },
      multiValueQueryStringParameters: { x: ['1', '2'], y: ['ü'] },
      multiValueHeaders: expect.objectContaining({ 'X-Custom': ['value'] }),
      headers: expect.objectContaining({ 'x-forwarded-for': '203.0.113.9, 127.0.0.1' }),
      stageVariables: null,
      body: 'text',
      isBase64Encoded: false,
      requestContext: {
        accountId: '000000000000',
        apiId: 'api',
        stage: 'main',
        httpMethod: 'PUT',
        resourcePath: '/items/{id}',
        protocol: 'HTTP/1.1',
        requestId: response.headers.get('x-amzn-requestid'),
        requestTime: expect.stringMatching(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/),
        identity: expect.objectContaining({ sourceIp: '127.0.0.1', userAgent: 'test' }),
      },
    });
  });

  it('has null where there is no body, query or path parameter', async () => {
    expect(await (await gateway.fetch('/')).json()).toMatchObject({
      body: null,
      queryStringParameters: null,
      multiValueQueryStringParameters: null,
      pathParameters: null,
    });
  });

  it('keeps every value of a repeated header and the spelling of its name', async () => {
    const body = await new Promise<string>((resolve, reject) => {
      const sent = request(`${gateway.origin}/items`, { headers: { 'X-Many': ['1', '2'] } }, (response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => {
          text += chunk;
        });
        response.on('end', () => resolve(text));
      });
      sent.on('error', reject).end();
    });
    expect(JSON.parse(body).multiValueHeaders['X-Many']).toEqual(['1', '2']);
    expect(JSON.parse(body).headers['X-Many']).toBe('2');
    expect(JSON.parse(body).headers).not.toHaveProperty('Connection');
  });

  it('carries a body of a binary media type as base64', async () => {
    const response = await gateway.fetch('/all/image', {
      method: 'POST',
      body: new Uint8Array([137, 0, 255]),
      headers: { 'content-type': 'image/png' },
    });
    expect(await response.json()).toMatchObject({ body: 'iQD/', isBase64Encoded: true });
  });
});

describe('routes', () => {
  it('prefer a literal segment to a greedy parameter', async () => {
    const special = await gateway.fetch('/all/special', { method: 'POST', body: '{"statusCode":204}' });
    expect(special.status).toBe(204);
    const other = await gateway.fetch('/all/special/more');
    expect(await other.json()).toMatchObject({ pathParameters: { proxy: 'special/more' } });
  });

  it.each(['GET /nowhere', 'POST /items', 'GET /all', 'OPTIONS /', 'HEAD /', 'GET /all/special'])(
    'that do not exist are refused as API Gateway does: %s',
    async (route) => {
      const [method = '', path = ''] = route.split(' ');
      const response = await gateway.fetch(path, { method });
      expect(response.status).toBe(403);
      expect(response.headers.get('x-amzn-errortype')).toBe('MissingAuthenticationTokenException');
      if (method !== 'HEAD')
        expect(await response.json()).toEqual({ message: 'Missing Authentication Token' });
    },
  );

  it('answer HEAD without a body where the resource takes any method', async () => {
    const response = await gateway.fetch('/items/1', { method: 'HEAD' });
    expect(response.status).toBe(200);
    expect(await response.text()).toBe('');
  });
});

describe('a buffered answer', () => {
  it('passes on status, headers, repeated headers and body', async () => {
    const response = await answer({
      statusCode: 418,
      headers: { 'x-one': 'a', 'x-number': 7 },
      multiValueHeaders: { 'Set-Cookie': ['a=1', 'b=2'] },
      body: 'short and stout',
    });
    expect(response.status).toBe(418);
    expect(response.headers.get('x-one')).toBe('a');
    expect(response.headers.get('x-number')).toBe('7');
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(await response.text()).toBe('short and stout');
  });

  it('has its challenge renamed, so that only a gateway response can send one', async () => {
    const response = await answer({
      statusCode: 401,
      headers: { 'WWW-Authenticate': 'Bearer', Date: 'never' },
    });
    expect(response.headers.has('www-authenticate')).toBe(false);
    expect(response.headers.get('x-amzn-remapped-www-authenticate')).toBe('Bearer');
    expect(response.headers.get('x-amzn-remapped-date')).toBe('never');
  });

  it('is decoded from base64 only for a client that accepts a binary media type', async () => {
    const result = { statusCode: 200, body: 'iQD/', isBase64Encoded: true };
    const binary = await answer(result, { accept: 'image/png' });
    expect(new Uint8Array(await binary.arrayBuffer())).toEqual(new Uint8Array([137, 0, 255]));
    expect(await (await answer(result, { accept: 'text/plain' })).text()).toBe('iQD/');
  });

  it.each([
    ['a text', 'hello'],
    ['null', null],
    ['no status', { body: 'x' }],
    ['a status that is no number', { statusCode: 'abc' }],
    ['a body that is no text', { statusCode: 200, body: { a: 1 } }],
    ['a header that is no text', { statusCode: 200, headers: { a: {} } }],
    ['an unknown member', { statusCode: 200, data: 'x' }],
  ])('that is malformed becomes a 502: %s', async (_, result) => {
    const response = await answer(result);
    expect(response.status).toBe(502);
    expect(await response.json()).toEqual({ message: 'Internal server error' });
  });

  it('cannot smuggle a header', async () => {
    const response = await answer({ statusCode: 200, headers: { 'x-a': 'b\r\nset-cookie: c=d' } });
    expect(response.status).toBe(502);
    expect(response.headers.getSetCookie()).toEqual([]);
  });
});

describe('a fault', () => {
  it.each(['/crash', '/fail', '/large'])('of the function is a 502 that tells nothing: %s', async (path) => {
    const response = await gateway.fetch(path);
    expect(response.status).toBe(502);
    expect(await response.text()).toBe('{"message":"Internal server error"}');
  });

  it('is a 504 when the integration times out', async () => {
    const response = await gateway.fetch('/slow');
    expect(response.status).toBe(504);
    expect(await response.json()).toEqual({ message: 'Endpoint request timed out' });
  });

  it.each([
    ['the 10 MB of API Gateway', 10 * 1024 * 1024 + 1],
    ['the 6 MB of Lambda', 6 * 1024 * 1024],
  ])('is a 413 for a body over %s', async (_, size) => {
    const response = await gateway.fetch('/all/upload', { method: 'POST', body: 'x'.repeat(size) });
    expect(response.status).toBe(413);
  });
});

it('answers a fault by the gateway response of the template, with its headers', async () => {
  await using custom = await runGateway(
    { echo: ECHO },
    { 'GET /': { functionName: 'echo' } },
    {
      gatewayResponses: [
        {
          responseType: 'MISSING_AUTHENTICATION_TOKEN',
          statusCode: 404,
          parameters: {
            'gatewayresponse.header.X-Static': "'a value'",
            'gatewayresponse.header.X-Asked': 'method.request.header.x-ask',
            'gatewayresponse.header.X-Request': 'context.requestId',
          },
          templates: {
            'application/problem+json':
              '{"detail":$context.error.messageString,"type":"$context.error.responseType"}',
          },
        },
      ],
    },
  );
  const response = await custom.fetch('/nowhere', { headers: { 'x-ask': 'mirror' } });
  expect(response.status).toBe(404);
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  expect(response.headers.get('x-static')).toBe('a value');
  expect(response.headers.get('x-asked')).toBe('mirror');
  expect(response.headers.get('x-request')).toBe(response.headers.get('x-amzn-requestid'));
  expect(await response.json()).toEqual({
    detail: 'Missing Authentication Token',
    type: 'MISSING_AUTHENTICATION_TOKEN',
  });
});

it('refuses to start with a mapping template that it would not evaluate', async () => {
  const parameters = {};
  const templates = { 'application/json': '#set($a = 1)' };
  const view = { responseType: 'UNAUTHORIZED', statusCode: 401, parameters, templates };
  await expect(
    runGateway({ echo: ECHO }, { 'GET /': { functionName: 'echo' } }, { gatewayResponses: [view] }),
  ).rejects.toThrow('UNAUTHORIZED uses a mapping template');
});
