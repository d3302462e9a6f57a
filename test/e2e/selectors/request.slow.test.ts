import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import {
  Client,
  ClientCredentialsProvider,
  StreamableHTTPClientTransport,
} from '@modelcontextprotocol/client';
import { decodeJwt } from 'jose';
import * as z from 'zod';
import { makeAuthority } from '../../fixtures/certificates.ts';
import { startCloud, type TestCloud } from '../../fixtures/cloud.ts';
import { Connection, readTokens } from '../connection.ts';
import { fetchFrom, type Place } from './fetch-from.ts';
import { listedSlugs, listedWith, Owner, type Rules } from './listed-servers.ts';

jest.setTimeout(90_000);

const HOST = 'mtls.example.com';
const MCP = `https://${HOST}/mcp`;
const devices = makeAuthority('Devices');
const laptop = devices.issue({ commonNames: ['laptop-7'] });
const phone = devices.issue({ commonNames: ['phone-1'] });
const expired = devices.issue({ commonNames: ['laptop-7'], days: -1 });
const foreign = makeAuthority('Devices').issue({ commonNames: ['laptop-7'] });
const servers = makeAuthority('Servers');

const include = (...selectors: object[]) => ({ include: selectors });
const document = (kind: string, id: string, spec: object) => ({
  apiVersion: 'sallyport/v1',
  kind,
  metadata: { id },
  spec,
});

const selectors: Record<string, Rules> = {
  country: { passes: include({ country: 'DE' }), fails: include({ country: 'FR' }) },
  'common name': {
    passes: include({ clientCertificate: { commonName: 'laptop-7' } }),
    fails: include({ clientCertificate: { commonName: 'laptop-8' } }),
  },
  fingerprint: {
    passes: include({ clientCertificate: { fingerprint: laptop.fingerprint } }),
    fails: include({ clientCertificate: { fingerprint: phone.fingerprint } }),
  },
  'both at once': {
    passes: include({ clientCertificate: { commonName: 'laptop-7', fingerprint: laptop.fingerprint } }),
    fails: include({ clientCertificate: { commonName: 'laptop-7', fingerprint: phone.fingerprint } }),
  },
  'any certificate': {
    passes: include({ anyClientCertificate: true }),
    fails: { ...include({ everyone: true }), exclude: [{ anyClientCertificate: true }] },
  },
};
const slugOf = (kind: 'pass' | 'fail', name: string) => `${kind}${Object.keys(selectors).indexOf(name)}`;
const CERTIFICATES = ['common name', 'fingerprint', 'both at once', 'any certificate'];

let folder: string;
let cloud: TestCloud;
let owner: Owner;
let token: string;
let service: { clientId: string; secret: string };

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sallyport-request-'));
  const own = servers.issue({ commonNames: [HOST], dnsName: HOST });
  writeFileSync(join(folder, 'certificate.pem'), own.certificate);
  writeFileSync(join(folder, 'key.pem'), own.key);
  writeFileSync(join(folder, 'issuers.pem'), devices.certificate);
  const embedded = {
    name: 'Sallyport-Embedded',
    owners: ['dana@example.com'],
    origin: 'http://127.0.0.1:8787',
    portals: ['default'],
    outgoingNetworks: ['127.0.0.0/8', '::1/128'],
    clientCertificates: {
      domain: { name: HOST, certificateArn: 'arn:aws:acm:us-east-1:111122223333:certificate/own' },
      truststore: 'issuers.pem',
    },
  };
  writeFileSync(join(folder, 'config.json'), JSON.stringify({ environments: { embedded } }));
  const countries = ['--country', '127.0.0.2=DE', '--country', '127.0.0.3=FR'];
  const parameters = ['--config', join(folder, 'config.json'), '--tls', folder, ...countries];
  cloud = await startCloud({ parameters });
  owner = new Owner(cloud, folder);
  await owner.run('login --person dana');
  const staff = { action: 'allow', ...include({ emailDomain: 'example.com' }, { serviceToken: 'nightly' }) };
  await owner.applyRules(Object.values(selectors), [
    document('ServiceToken', 'nightly', { title: 'Nightly report' }),
    document('Policy', 'staff', staff),
    document('Policy', 'nightly-by-certificate', {
      action: 'service-auth',
      ...include({ serviceToken: 'nightly' }),
      require: [{ clientCertificate: { commonName: 'laptop-7' } }],
    }),
  ]);
  const nightly = JSON.parse(await owner.run('get server pass0 -o json')) as { spec: { url: string } };
  await owner.apply([
    document('Server', 'pass0', { ...nightly.spec, policies: ['pass0', 'nightly-by-certificate'] }),
  ]);
  service = z
    .object({ clientId: z.string(), secret: z.string() })
    .parse(JSON.parse(await owner.run('service-token rotate nightly -o json')));
  ({ access_token: token } = await (await Connection.register(cloud.origin)).signIn('alice'));
  await listedWith(await connect({ address: '127.0.0.2' }), 'pass0');
}, 180_000);
afterAll(async () => {
  await cloud?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const place = (more: Place): Place => ({
  host: { name: HOST, port: cloud.port + 6, issuer: servers.certificate },
  ...more,
});

/** An MCP client of alice, at the public origin or with a certificate at the hostname for them. */
async function connect(from: Place, url = from.certificate ? MCP : cloud.mcpUrl): Promise<Client> {
  const client = new Client({ name: 'request', version: '1' }, { versionNegotiation: { mode: 'auto' } });
  const authProvider = { token: async () => token };
  const fetch = fetchFrom(place(from));
  await client.connect(new StreamableHTTPClientTransport(new URL(url), { authProvider, fetch }));
  return client;
}

async function listed(from: Place): Promise<Set<string>> {
  const client = await connect(from);
  const slugs = await listedSlugs(client);
  await client.close();
  return slugs;
}

const audienceOf = (accessToken: string): unknown => decodeJwt(accessToken).aud;

/** A change of policies holds within 15 seconds. */
async function soon<Made>(make: () => Promise<Made>): Promise<Made> {
  for (const deadline = Date.now() + 30_000; ; ) {
    try {
      return await make();
    } catch (error) {
      if (!String(error).includes('default deny') || Date.now() > deadline) throw error;
      await sleep(1_000);
    }
  }
}

const post = (from: Place, url: string, bearer = token) =>
  fetchFrom(place(from))(url, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${bearer}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} }),
  });

describe('country', () => {
  it('is where CloudFront sees the viewer', async () => {
    const german = await listed({ address: '127.0.0.2' });
    expect([german.has('pass0'), german.has('fail0')]).toEqual([true, false]);
    const french = await listed({ address: '127.0.0.3' });
    expect([french.has('pass0'), french.has('fail0')]).toEqual([false, true]);
  });

  it('is unknown elsewhere, and whatever a client says of itself counts for nothing', async () => {
    for (const name of ['CloudFront-Viewer-Country', 'x-sallyport-viewer-country', 'x-country'])
      expect(await listed({ headers: { [name]: 'DE' } })).not.toContain('pass0');
    const claimed = { 'x-forwarded-for': '127.0.0.2', 'x-sallyport-viewer-address': '127.0.0.2' };
    expect(await listed({ headers: claimed })).not.toContain('pass0');
    const french = await listed({
      address: '127.0.0.3',
      headers: { 'cloudfront-viewer-country': 'DE', 'CLOUDFRONT-Viewer-Country': 'DE' },
    });
    expect([french.has('pass0'), french.has('fail0')]).toEqual([false, true]);
    const certified = { certificate: laptop, headers: { 'cloudfront-viewer-country': 'DE' } };
    expect(await listed(certified)).not.toContain('pass0');
  });
});

describe('a client certificate', () => {
  it.each(CERTIFICATES)('passes and fails by %s', async (name) => {
    const slugs = await listed({ certificate: laptop });
    expect([slugs.has(slugOf('pass', name)), slugs.has(slugOf('fail', name))]).toEqual([true, false]);
  });

  it('is another one with the same issuer', async () => {
    const slugs = await listed({ certificate: phone });
    for (const name of ['common name', 'fingerprint', 'both at once'])
      expect(slugs).not.toContain(slugOf('pass', name));
    expect(slugs).toContain(slugOf('pass', 'any certificate'));
    expect(slugs).toContain(slugOf('fail', 'fingerprint'));
  });

  it('is missing at the public origin, and known to be', async () => {
    const slugs = await listed({});
    for (const name of CERTIFICATES) expect(slugs).not.toContain(slugOf('pass', name));
    expect(slugs).toContain(slugOf('fail', 'any certificate'));
  });

  it.each([
    ['none', {}],
    ['one of another issuer with the same name', { certificate: foreign }],
    ['one that has expired', { certificate: expired }],
  ])('that is %s opens nothing at its hostname', async (_name, from) => {
    expect((await post(from, MCP)).status).toBe(403);
  });

  it('cannot be claimed: not by a header, nor by another host', async () => {
    const pem = encodeURIComponent(laptop.certificate);
    const headers = { 'x-amzn-mtls-clientcert': pem, 'x-client-cert': pem, 'x-forwarded-host': HOST };
    expect(await listed({ headers })).not.toContain(slugOf('pass', 'any certificate'));
    const asHost = await post({ headers: { host: HOST } }, cloud.mcpUrl);
    expect(await asHost.text()).not.toContain(`${slugOf('pass', 'any certificate')}__`);
    const elsewhere = await post({ certificate: laptop, headers: { host: `127.0.0.1:${cloud.port}` } }, MCP);
    expect(elsewhere.status).toBe(403);
  });

  it('opens the MCP endpoint and its metadata, and no page of people or administrators', async () => {
    const fetch = fetchFrom(place({ certificate: laptop }));
    const metadata = await fetch(`https://${HOST}/.well-known/oauth-protected-resource/mcp`);
    expect(await metadata.json()).toMatchObject({ resource: MCP, authorization_servers: [cloud.origin] });
    for (const path of ['/', '/console/x', '/oauth/authorize', '/oauth/jwks', '/api/v1/me'])
      expect((await fetch(`https://${HOST}${path}`)).status).toBe(403);
    const outside = await globalThis.fetch(`${cloud.origin}/.well-known/oauth-protected-resource/mcp`);
    expect(await outside.json()).toMatchObject({ resource: cloud.mcpUrl });
  });

  it('opens nothing to a person whom the portal’s policies keep out, who asks for that resource', async () => {
    const client = await Connection.register(cloud.origin);
    expect((await client.authorize('carol', MCP)).get('error')).toBe('access_denied');
    const { access_token: own } = await readTokens(
      await client.redeem((await client.authorize('alice', MCP)).get('code') ?? ''),
    );
    expect(audienceOf(own)).toBe(MCP);
    expect(await (await post({ certificate: laptop }, MCP, own)).text()).toContain('pass1__');
  });

  it('is found out by a client that knows nothing but the address: it signs in for that resource', async () => {
    const { clientId, secret: clientSecret } = service;
    const authProvider = new ClientCredentialsProvider({
      clientId,
      clientSecret,
      expectedIssuer: cloud.origin,
    });
    const fetch = fetchFrom(place({ certificate: laptop }));
    const client = await soon(async () => {
      const made = new Client({ name: 'nightly', version: '1' }, { versionNegotiation: { mode: 'auto' } });
      await made.connect(new StreamableHTTPClientTransport(new URL(MCP), { authProvider, fetch }));
      return made;
    });
    expect(await listedSlugs(client)).toContain('pass0');
    await client.close();
    const { access_token: stolen = '' } = authProvider.tokens() ?? {};
    expect(audienceOf(stolen)).toBe(MCP);
    const without = await post({}, cloud.mcpUrl, stolen);
    expect(await without.text()).not.toContain('pass0__');
  });
});
