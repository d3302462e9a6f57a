import { describe, expect, it } from '@jest/globals';
import type { APIGatewayProxyEvent } from 'aws-lambda';
import { createFrontDoor } from '../../lambdas/shared/front-door.ts';
import { toRequest } from '../../lambdas/shared/http.ts';
import { OriginSecret } from '../../lambdas/shared/origin-secret.ts';

const SECRET = 'the-secret-of-this-deployment';
const EDGE = '198.51.100.1';
const client = { send: async () => ({ SecretString: SECRET }) };
const behindDistribution = createFrontDoor(new OriginSecret({ arn: 'arn', client: client as never }));
const behindDomain = createFrontDoor(undefined);

function eventWith(headers: Record<string, string | string[]>): APIGatewayProxyEvent {
  const multi = Object.entries(headers).map(([name, value]) => [name, [value].flat()] as const);
  return {
    httpMethod: 'GET',
    path: '/',
    headers: Object.fromEntries(multi.map(([name, values]) => [name, values.at(-1)])),
    multiValueHeaders: Object.fromEntries(multi),
    multiValueQueryStringParameters: null,
    body: null,
    requestContext: { requestId: 'request', identity: { sourceIp: EDGE } },
  } as unknown as APIGatewayProxyEvent;
}

const proven = (address: string | string[], more: Record<string, string> = {}) =>
  eventWith({ 'x-sallyport-origin-secret': SECRET, 'x-sallyport-viewer-address': address, ...more });

describe('behind a distribution', () => {
  it.each(['203.0.113.7', '2001:db8::7'])('the address is the viewer’s: %s', async (address) => {
    expect(toRequest(await behindDistribution(proven(address))).sourceIp).toBe(address);
  });

  it('what the distribution says goes no further, and everything else does', async () => {
    const event = await behindDistribution(
      proven('203.0.113.7', {
        authorization: 'Bearer t',
        'Mcp-Session-Id': 's',
        'x-forwarded-for': '10.0.0.1',
        'X-Sallyport-Viewer-Network': '203.0.113.7',
      }),
    );
    expect(JSON.stringify(event)).not.toContain(SECRET);
    expect(JSON.stringify(event)).not.toContain('x-sallyport');
    expect(toRequest(event).headers).toEqual({
      authorization: 'Bearer t',
      'mcp-session-id': 's',
      'x-forwarded-for': '10.0.0.1',
    });
  });

  it.each<[string, Record<string, string | string[]>]>([
    ['no secret', { 'x-sallyport-viewer-address': '203.0.113.7' }],
    ['an empty secret', { 'x-sallyport-origin-secret': '', 'x-sallyport-viewer-address': '203.0.113.7' }],
    ['a wrong secret', { 'x-sallyport-origin-secret': 'guess', 'x-sallyport-viewer-address': '203.0.113.7' }],
    [
      'a guess before the secret',
      { 'x-sallyport-origin-secret': ['guess', SECRET], 'x-sallyport-viewer-address': '203.0.113.7' },
    ],
    [
      'two spellings of the secret',
      {
        'x-sallyport-origin-secret': SECRET,
        'X-Sallyport-Origin-Secret': 'guess',
        'x-sallyport-viewer-address': '203.0.113.7',
      },
    ],
    ['no address', { 'x-sallyport-origin-secret': SECRET }],
    [
      'two addresses',
      { 'x-sallyport-origin-secret': SECRET, 'x-sallyport-viewer-address': ['10.0.0.1', '203.0.113.7'] },
    ],
  ])('a request with %s is refused', async (_name, headers) => {
    await expect(behindDistribution(eventWith(headers))).rejects.toMatchObject({
      code: 'origin_required',
      status: 403,
    });
  });

  it.each([
    'localhost',
    '203.0.113.7:443',
    '203.0.113.7, 10.0.0.1',
    '0x7f.1',
    '127.1',
    'fe80::1%eth0',
    '[::1]',
  ])('an address that is no literal of an address is refused: %s', async (address) => {
    await expect(behindDistribution(proven(address))).rejects.toMatchObject({ code: 'origin_required' });
  });

  it('a refusal names nothing that a stranger could use', async () => {
    const refusal = await behindDistribution(eventWith({})).catch((error: Error) => error.message);
    expect(refusal).toBe('Requests are answered at the public address only.');
  });
});

describe('behind a domain', () => {
  it('the address is that of the connection, and headers of a distribution mean nothing', async () => {
    const request = toRequest(await behindDomain(proven('10.0.0.1')));
    expect([request.sourceIp, request.headers]).toEqual([EDGE, {}]);
  });
});
