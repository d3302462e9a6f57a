import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { assertOutgoingUrl, createOutgoing, type Outgoing } from '../../lambdas/shared/outgoing.ts';
import { isPublic } from '../../lambdas/shared/outgoing-address.ts';

let server: Server;
let port: number;
let requests = 0;

beforeAll(async () => {
  server = createServer((request, response) => {
    requests += 1;
    if (request.url === '/redirect') response.writeHead(302, { location: '/elsewhere' }).end();
    else response.end('reached');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  ({ port } = server.address() as AddressInfo);
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
});

async function get(outgoing: Outgoing, url: string): Promise<IncomingMessage> {
  const signal = new AbortController().signal;
  try {
    return await outgoing.send({ url: new URL(url), method: 'GET', headers: {}, signal, repeatable: true });
  } finally {
    outgoing.close();
  }
}

/** Sends with no exception, or with these networks, and returns the code of the refusal. */
const refusal = (url: string, networks: string[] = []): Promise<unknown> =>
  get(createOutgoing(networks), url).then(
    (response) => `HTTP ${response.statusCode}`,
    (error: { code?: unknown }) => error.code,
  );

describe('the way out of the deployment', () => {
  it.each([
    'http://8.8.8.8/',
    'http://example.com/',
    'ftp://example.com/',
    'file:///etc/passwd',
    'https://user:password@example.com/',
    'https://127.0.0.1/',
    'https://2130706433/',
    'https://0177.0.0.1/',
    'https://0x7f.1/',
    'https://127.1/',
    'https://１２７.0.0.1/',
    'https://0.0.0.0/',
    'https://10.0.0.1/',
    'https://172.16.0.1/',
    'https://192.168.1.1/',
    'https://169.254.169.254/latest/meta-data/',
    'https://100.64.0.1/',
    'https://198.18.0.1/',
    'https://224.0.0.1/',
    'https://255.255.255.255/',
    'https://[::1]/',
    'https://[::]/',
    'https://[::127.0.0.1]/',
    'https://[::ffff:127.0.0.1]/',
    'https://[::ffff:7f00:1]/',
    'https://[64:ff9b::7f00:1]/',
    'https://[2002:7f00:1::]/',
    'https://[2001:0:7f00:1::]/',
    'https://[fc00::1]/',
    'https://[fe80::1]/',
    'https://[fec0::1]/',
    'https://[ff02::1]/',
    'https://[fd00:ec2::254]/',
    'https://[2001:db8::1]/',
    'https://[64:ff9b::a9fe:a9fe]/',
    'https://[64:ff9b:1::a9fe:a9fe]/',
    'https://[::a9fe:a9fe]/',
    'https://[::ffff:a9fe:a9fe]/',
    'https://[::ffff:0:a9fe:a9fe]/',
    'https://[2002:a9fe:a9fe::]/',
    'https://[3fff::1]/',
    'https://[5f00::1]/',
    'https://[2620:4f:8000::1]/',
    'https://[100::1]/',
    'https://2852039166/',
    'https://0xa9fea9fe/',
    'https://0251.0376.0251.0376/',
    'https://0xa9.0xfe.0xa9.0xfe/',
    'https://169.254.43518/',
    'https://192.0.0.192/',
    'https://192.88.99.1/',
    'https://192.175.48.1/',
    'https://240.0.0.1/',
  ])('does not lead to %s', async (url) => {
    expect(await refusal(url)).toBe('outgoing_forbidden');
    expect(() => assertOutgoingUrl(url, [])).toThrow();
  });

  it('does not lead to a name that resolves to a loopback address', async () => {
    expect(await refusal('https://localhost/')).toBe('outgoing_forbidden');
  });

  it('leads to excepted networks, over plain http too', async () => {
    const response = await get(createOutgoing(['127.0.0.0/8']), `http://127.0.0.1:${port}/`);
    expect(await text(response)).toBe('reached');
  });

  it('resolves names in excepted networks, and refuses one that has any other address', async () => {
    const outgoing = createOutgoing(['127.0.0.0/8', '::1/128']);
    const response = await get(outgoing, `http://localhost:${port}/`);
    expect(await text(response)).toBe('reached');
    expect(await refusal(`http://localhost:${port}/`, ['10.0.0.0/8'])).toBe('outgoing_forbidden');
  });

  it('does not open plain http to the world because one network is excepted', async () => {
    expect(await refusal('http://8.8.8.8/', ['127.0.0.0/8'])).toBe('outgoing_forbidden');
    expect(await refusal('https://[::1]/', ['127.0.0.0/8'])).toBe('outgoing_forbidden');
  });

  it('sees an IPv4 exception behind its IPv6 spelling, and nothing wider', async () => {
    expect(await refusal(`http://[::ffff:127.0.0.1]:${port}/`, ['127.0.0.0/8'])).toBe('HTTP 200');
    expect(await refusal('https://[::ffff:10.0.0.1]/', ['127.0.0.0/8'])).toBe('outgoing_forbidden');
  });

  it('connects to the very address that was judged, whatever the name resolves to next', async () => {
    const answers = ['127.0.0.1', '169.254.169.254'];
    const asked: string[] = [];
    const outgoing = createOutgoing(['127.0.0.0/8'], (hostname, _options, callback) => {
      asked.push(hostname);
      callback(null, [{ address: answers.shift() ?? '169.254.169.254', family: 4 }]);
    });
    const url = `http://rebinding.example:${port}/`;
    expect(await text(await get(outgoing, url))).toBe('reached');
    expect(asked).toEqual(['rebinding.example']);
    await expect(get(outgoing, url)).rejects.toMatchObject({ code: 'outgoing_forbidden' });
  });

  it.each([
    ['a private address', [{ address: '10.0.0.1', family: 4 }]],
    [
      'a private address among public ones',
      [
        { address: '93.184.216.34', family: 4 },
        { address: '169.254.169.254', family: 4 },
      ],
    ],
    ['a private address behind IPv6', [{ address: '::ffff:10.0.0.1', family: 6 }]],
    ['an address translated from a private one', [{ address: '64:ff9b::7f00:1', family: 6 }]],
  ])('does not lead to a name that resolves to %s', async (_what, addresses) => {
    const outgoing = createOutgoing([], (_hostname, _options, callback) => callback(null, addresses));
    await expect(get(outgoing, 'https://rebinding.example/')).rejects.toMatchObject({
      code: 'outgoing_forbidden',
    });
  });

  it('never follows a redirect', async () => {
    const before = requests;
    expect(await refusal(`http://127.0.0.1:${port}/redirect`, ['127.0.0.0/8'])).toBe('outgoing_redirected');
    expect(requests - before).toBe(1);
  });

  it('refuses exceptions that are not CIDR ranges', () => {
    expect(() => createOutgoing(['localhost'])).toThrow();
    expect(() => createOutgoing(['127.0.0.1'])).toThrow();
  });

  it('holds for every address of the private ranges', () => {
    const byte = fc.integer({ min: 0, max: 255 });
    fc.assert(
      fc.property(byte, byte, byte, fc.integer({ min: 16, max: 31 }), (a, b, c, d) => {
        const inside = [`10.${a}.${b}.${c}`, `127.${a}.${b}.${c}`, `192.168.${a}.${b}`, `172.${d}.${a}.${b}`];
        const hex = (one: number, two: number) => ((one << 8) | two).toString(16);
        for (const address of inside) {
          const [w = 0, x = 0, y = 0, z = 0] = address.split('.').map(Number);
          expect(isPublic(address)).toBe(false);
          expect(isPublic(`::ffff:${hex(w, x)}:${hex(y, z)}`)).toBe(false);
          expect(isPublic(`64:ff9b::${hex(w, x)}:${hex(y, z)}`)).toBe(false);
          expect(isPublic(`2002:${hex(w, x)}:${hex(y, z)}::1`)).toBe(false);
        }
      }),
      { numRuns: 50 },
    );
  });
});
