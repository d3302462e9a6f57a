import { describe, expect, it } from '@jest/globals';
import type { APIGatewayProxyEvent } from 'aws-lambda';
import { readClientCertificate } from '../../lambdas/shared/client-certificate.ts';
import { createFrontDoor } from '../../lambdas/shared/front-door.ts';
import { toRequest } from '../../lambdas/shared/http.ts';
import { OriginSecret } from '../../lambdas/shared/origin-secret.ts';
import { makeAuthority } from '../fixtures/certificates.ts';

const SECRET = 'the-secret-of-this-deployment';
const EDGE = '198.51.100.1';
const client = { send: async () => ({ SecretString: SECRET }) };
const behindDistribution = createFrontDoor({
  secret: new OriginSecret({ arn: 'arn', client: client as never }),
});
const behindDomain = createFrontDoor({});

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

describe('where the viewer is', () => {
  const country = async (value: string | string[], more: Record<string, string | string[]> = {}) => {
    const event = eventWith({
      'x-sallyport-origin-secret': SECRET,
      'x-sallyport-viewer-address': '203.0.113.7',
      'CloudFront-Viewer-Country': value,
      ...more,
    });
    return toRequest(await behindDistribution(event));
  };

  it('is what CloudFront says, and its header goes no further', async () => {
    const request = await country('DE');
    expect([request.country, request.headers]).toEqual(['DE', {}]);
  });

  it.each(['XX', 'T1', 'ZZ', 'EU', 'UK', 'de', 'DEU', 'DE, FR', ' DE', '', '\u212A\u0045'])(
    'is unknown when it says no country of ISO 3166-1: %j',
    async (value) => expect(await country(value)).not.toHaveProperty('country'),
  );

  it('is unknown when somebody added another answer', async () => {
    expect(await country(['DE', 'FR'])).not.toHaveProperty('country');
    expect(await country('DE', { 'cloudfront-viewer-COUNTRY': 'FR' })).not.toHaveProperty('country');
  });

  it('is refused with the request that says it without the secret', async () => {
    const event = eventWith({ 'cloudfront-viewer-country': 'DE', 'x-sallyport-viewer-address': EDGE });
    await expect(behindDistribution(event)).rejects.toMatchObject({ code: 'origin_required' });
  });

  it('is unknown behind a domain, where only a client could say it', async () => {
    const event = eventWith({ 'CloudFront-Viewer-Country': 'DE', 'x-forwarded-for': '203.0.113.7' });
    const request = toRequest(await behindDomain(event));
    expect(request).not.toHaveProperty('country');
    expect(request.headers).toEqual({ 'x-forwarded-for': '203.0.113.7' });
  });
});

describe('with a hostname for client certificates', () => {
  const HOST = 'mtls.example.com';
  const laptop = makeAuthority().issue({ commonNames: ['laptop-7'] });
  const doors = {
    distribution: createFrontDoor({
      secret: new OriginSecret({ arn: 'arn', client: client as never }),
      certificateHost: HOST,
    }),
    domain: createFrontDoor({ certificateHost: HOST }),
  };
  const each = Object.entries(doors);

  interface Sent {
    host?: string;
    pem?: string | null;
    path?: string;
    headers?: Record<string, string>;
  }
  const sent = ({ host = HOST, pem = laptop.certificate, path = '/mcp', headers = {} }: Sent = {}) => {
    const event = eventWith(headers);
    const clientCert = pem === null ? {} : { clientCert: { clientCertPem: pem } };
    const identity = { ...event.requestContext.identity, ...clientCert };
    return {
      ...event,
      path,
      requestContext: { ...event.requestContext, domainName: host, identity },
    } as APIGatewayProxyEvent;
  };

  it.each(each)('a certificate proves a request, as well as %s does', async (_name, door) => {
    const certificate = { commonName: 'laptop-7', fingerprint: laptop.fingerprint };
    for (const host of [HOST, 'MTLS.Example.com'])
      expect(toRequest(await door(sent({ host })))).toMatchObject({
        certificate,
        origin: `https://${HOST}`,
        sourceIp: EDGE,
      });
  });

  it.each(each)('what the distribution would say counts for nothing there: %s', async (_name, door) => {
    const headers = {
      'x-sallyport-origin-secret': SECRET,
      'x-sallyport-viewer-address': '10.0.0.1',
      'cloudfront-viewer-country': 'DE',
    };
    const request = toRequest(await door(sent({ headers })));
    expect([request.sourceIp, request.country, request.headers]).toEqual([EDGE, undefined, {}]);
  });

  it.each(each)('its name alone proves nothing: %s', async (_name, door) => {
    for (const pem of [null, '', 'no certificate', '-----BEGIN CERTIFICATE-----'])
      await expect(door(sent({ pem }))).rejects.toMatchObject({ code: 'origin_required', status: 403 });
    const forged = {
      'x-sallyport-origin-secret': SECRET,
      'x-sallyport-viewer-address': '203.0.113.7',
      'x-amzn-mtls-clientcert': encodeURIComponent(laptop.certificate),
    };
    await expect(door(sent({ pem: null, headers: forged }))).rejects.toMatchObject({ status: 403 });
  });

  it.each(each)('nothing but the MCP endpoint and its metadata is there: %s', async (_name, door) => {
    for (const path of [
      '/mcp',
      '/.well-known/oauth-protected-resource',
      '/.well-known/oauth-protected-resource/mcp',
    ])
      await expect(door(sent({ path }))).resolves.toBeDefined();
    for (const path of ['/', '/mcp/', '/console/sessions', '/oauth/token', '/api/v1/apply', '/.well-known/x'])
      await expect(door(sent({ path }))).rejects.toMatchObject({ status: 403 });
  });

  it('a certificate of another host is none, and without the secret opens nothing', async () => {
    for (const host of ['ai.example.com', `x.${HOST}`, `${HOST}.example.net`, `${HOST}:443`, '']) {
      await expect(doors.distribution(sent({ host }))).rejects.toMatchObject({ code: 'origin_required' });
      const request = toRequest(await doors.domain(sent({ host })));
      expect([request.certificate, request.origin]).toEqual([null, undefined]);
    }
  });

  it('a request through the distribution has none, whatever its headers name', async () => {
    const headers = {
      'x-sallyport-origin-secret': SECRET,
      'x-sallyport-viewer-address': '203.0.113.7',
      'x-forwarded-host': HOST,
      host: HOST,
    };
    const request = toRequest(await doors.distribution(sent({ host: 'api.example', pem: null, headers })));
    expect([request.certificate, request.sourceIp]).toEqual([null, '203.0.113.7']);
  });

  it('where there is no such hostname, nothing is known of certificates', async () => {
    expect(toRequest(await behindDomain(sent()))).not.toHaveProperty('certificate');
    expect(toRequest(await behindDistribution(proven('203.0.113.7')))).not.toHaveProperty('certificate');
  });

  it('a subject with two common names has none', () => {
    const two = makeAuthority().issue({ commonNames: ['laptop-7', 'laptop-8'] });
    expect(readClientCertificate(two.certificate)).toEqual({
      commonName: undefined,
      fingerprint: two.fingerprint,
    });
  });
});

describe('behind a domain', () => {
  it('the address is that of the connection, and headers of a distribution mean nothing', async () => {
    const request = toRequest(await behindDomain(proven('10.0.0.1')));
    expect([request.sourceIp, request.headers]).toEqual([EDGE, {}]);
  });
});
