import { once } from 'node:events';
import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type RunningGateway, runGateway } from './running-gateway.ts';

const streamed = (body: string) => `
  export const handler = awslambda.streamifyResponse(async (event, stream) => {
    const { HttpResponseStream } = awslambda;
    const later = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
    ${body}
  });`;

const sources = {
  whole: streamed(`
    const answer = HttpResponseStream.from(stream, {
      statusCode: 201, headers: { 'content-type': 'text/plain', 'www-authenticate': 'Bearer' }, cookies: ['a=1'] });
    answer.write(''); answer.write('one '); answer.end('two');`),
  empty: streamed(
    "const answer = HttpResponseStream.from(stream, { statusCode: 202 }); answer.write(''); answer.end();",
  ),
  unprefixed: streamed("HttpResponseStream.from(stream, { statusCode: 200 }).end('body');"),
  raw: streamed("stream.write('no prelude at all'); stream.end();"),
  late: streamed(
    "stream.write(' '.repeat(16 * 1024)); stream.write(JSON.stringify({ statusCode: 200 }) + '\\0'.repeat(8)); stream.end();",
  ),
  invalid: streamed("stream.write('{\"statusCode\":\"x\"}' + '\\0'.repeat(8)); stream.end('body');"),
  smuggler: streamed(
    "HttpResponseStream.from(stream, { statusCode: 200, headers: { a: 'b\\r\\nc: d' } }).write('body'); stream.end();",
  ),
  buffered: "export const handler = async () => ({ statusCode: 200, body: 'x' });",
  early: streamed("throw new Error('before anything was written');"),
  broken: streamed(`
    HttpResponseStream.from(stream, { statusCode: 200 }).write('half'); await later(50); throw new Error('broke off');`),
  gradual: streamed(`
    const answer = HttpResponseStream.from(stream, { statusCode: 200 });
    answer.write('first'); await later(400);
    console.log('still running after the pause'); answer.end('second');`),
  much: streamed(`
    const answer = HttpResponseStream.from(stream, { statusCode: 200 });
    for (let i = 0; i < 160; i += 1) if (!answer.write('x'.repeat(65536))) await new Promise((r) => answer.once('drain', r));
    answer.end();`),
  endless: streamed(`
    const answer = HttpResponseStream.from(stream, { statusCode: 200 }); answer.write('begun'); await later(60000);`),
};

let gateway: RunningGateway;
beforeAll(async () => {
  const routes = Object.keys(sources).map((name) => [
    `GET /${name}`,
    { functionName: name, transferMode: 'STREAM' as const, timeoutMilliseconds: 20_000 },
  ]);
  gateway = await runGateway(sources, {
    ...Object.fromEntries(routes),
    'GET /buffered-integration': { functionName: 'whole' },
    'GET /impatient': { functionName: 'endless', transferMode: 'STREAM', timeoutMilliseconds: 700 },
  });
});
afterAll(async () => gateway[Symbol.asyncDispose]());

/** Sends a request whose answer is read piece by piece. */
async function open(path: string): Promise<{ sent: ClientRequest; answer: IncomingMessage }> {
  const sent = request(`${gateway.origin}${path}`).end();
  const [answer]: IncomingMessage[] = await once(sent, 'response');
  if (!answer) throw new Error('There is no answer.');
  return { sent, answer };
}

describe('a streamed answer', () => {
  it('takes status, headers and cookies from its prelude', async () => {
    const response = await gateway.fetch('/whole');
    expect(response.status).toBe(201);
    expect(response.headers.get('content-type')).toBe('text/plain');
    expect(response.headers.get('x-amzn-remapped-www-authenticate')).toBe('Bearer');
    expect(response.headers.getSetCookie()).toEqual(['a=1']);
    expect(await response.text()).toBe('one two');
  });

  it('may have an empty body', async () => {
    const response = await gateway.fetch('/empty');
    expect(response.status).toBe(202);
    expect(await response.text()).toBe('');
  });

  it('reaches the client as it is written', async () => {
    const { answer } = await open('/gradual');
    const pieces: string[] = [];
    for await (const piece of answer) pieces.push(String(piece));
    expect(pieces).toEqual(['first', 'second']);
  });

  it('may be larger than a buffered one', async () => {
    const response = await gateway.fetch('/much');
    expect((await response.arrayBuffer()).byteLength).toBe(160 * 65536);
  });

  it('breaks off for the client when the function fails after the prelude', async () => {
    const response = await gateway.fetch('/broken');
    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toThrow();
  });

  it('breaks off when the integration times out', async () => {
    const response = await gateway.fetch('/impatient');
    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toThrow();
  });

  it('is finished by the function when the client has left', async () => {
    const { sent, answer } = await open('/gradual');
    await once(answer, 'data');
    const lines = () => gateway.functions.log('gradual').split('still running').length;
    const before = lines();
    sent.destroy();
    const next = await gateway.fetch('/gradual');
    await next.text();
    expect(lines()).toBe(before + 2);
  });
});

describe('a function behind a streamed integration answers 502', () => {
  it.each([
    ['when end(body) lost the prelude', 'unprefixed'],
    ['without a prelude', 'raw'],
    ['when the delimiter comes after 16 KB', 'late'],
    ['with a prelude that is no metadata', 'invalid'],
    ['with a header that would begin another one', 'smuggler'],
    ['when its handler does not stream', 'buffered'],
    ['when it throws before it writes', 'early'],
  ])('%s', async (_, name) => {
    const response = await gateway.fetch(`/${name}`);
    expect(response.status).toBe(502);
    expect(await response.json()).toEqual({ message: 'Internal server error' });
  });
});

it('answers 502 when a streaming handler is behind a buffered integration', async () => {
  expect((await gateway.fetch('/buffered-integration')).status).toBe(502);
});
