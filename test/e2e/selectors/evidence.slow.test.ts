import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Client } from '@modelcontextprotocol/client';
import * as z from 'zod';
import { startCloud, type TestCloud } from '../../fixtures/cloud.ts';
import { connectAs, listedWith, Owner, type Rules } from './listed-servers.ts';

jest.setTimeout(120_000);

const document = (kind: string, id: string, spec: object) => ({
  apiVersion: 'sallyport/v1',
  kind,
  metadata: { id },
  spec,
});
const include = (...selectors: object[]) => ({ include: selectors });
const everyone = include({ everyone: true });
const encrypted = { devicePosture: { check: 'disk-encryption', within: '1h' } };
const rules: Record<string, Rules> = {
  posture: { passes: include(encrypted), fails: include({ devicePosture: { check: 'firewall' } }) },
  risk: {
    passes: { ...everyone, exclude: [{ userRisk: { atLeast: 'high' } }] },
    fails: include({ userRisk: { atLeast: 'high' } }),
  },
  taint: {
    passes: { ...everyone, exclude: [{ taint: 'confidential' }] },
    fails: include({ taint: 'untrusted' }),
  },
};
const slug = (kind: 'pass' | 'fail', name: string) => `${kind}${Object.keys(rules).indexOf(name)}`;

let cloud: TestCloud;
let owner: Owner;
let alice: Client;
const folder = mkdtempSync(join(tmpdir(), 'sallyport-evidence-'));

beforeAll(async () => {
  cloud = await startCloud();
  owner = new Owner(cloud, folder);
  await owner.run('login --person dana');
  alice = await connectAs(cloud, 'alice');
  await owner.run('device report -', JSON.stringify([report({ 'disk-encryption': true, firewall: false })]));
  await owner.applyRules(Object.values(rules), [
    document('ServiceToken', 'mdm', { title: 'Devices', permissions: ['devices:write', 'risk:write'] }),
    document('ServiceToken', 'idle', { title: 'No permissions' }),
    document('Policy', 'kept-inside', {
      action: 'block',
      ...include({ taint: 'confidential' }),
      require: [{ serverLabel: 'egress' }],
      message: 'This session has read what must not leave.',
    }),
  ]);
  const { spec } = JSON.parse(await owner.run('get server hr -o json'));
  const { url } = spec;
  await owner.apply([
    document('Server', 'hr', { ...spec, labels: ['confidential'] }),
    document('Server', 'mail', {
      title: 'Mail',
      slug: 'mail',
      url,
      labels: ['egress'],
      policies: ['kept-inside', 'staff'],
    }),
  ]);
  const portal = JSON.parse(await owner.run('get portal default -o json'));
  await owner.apply([{ ...portal, spec: { ...portal.spec, servers: [...portal.spec.servers, 'mail'] } }]);
}, 180_000);
afterAll(async () => {
  await alice?.close();
  await cloud?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const report = (checks: Record<string, boolean>) => ({ id: 'laptop-7', person: 'alice@example.com', checks });
const call = async (client: Client, at: string): Promise<string> =>
  client.callTool({ name: `${at}__find_employee`, arguments: { query: 'bob' } }).then(
    () => 'answered',
    (error: unknown) => String(error),
  );
/** Until what was reported is felt, which takes half a minute at most. */
async function becomes(at: string, wanted: 'answered' | 'refused'): Promise<string> {
  for (const deadline = Date.now() + 40_000; ; await sleep(1_000)) {
    const found = await call(alice, at);
    if ((found === 'answered') === (wanted === 'answered') || Date.now() > deadline) return found;
  }
}

it('a real client is shown and kept from servers by posture, risk and taint', async () => {
  const listed = await listedWith(alice, 'mail');
  for (const name of Object.keys(rules))
    expect([listed.has(slug('pass', name)), listed.has(slug('fail', name))]).toEqual([true, false]);
  expect(listed.has('mail')).toBe(true);
});

describe('a program', () => {
  const granted = z.object({ access_token: z.string() });
  async function tokenOf(id: string): Promise<Response> {
    const made = JSON.parse(await owner.run(`service-token rotate ${id} -o json`));
    const body = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: made.clientId,
      client_secret: made.secret,
      resource: `${cloud.origin}/api/v1`,
    });
    return fetch(`${cloud.origin}/oauth/token`, { method: 'POST', body });
  }
  let token: string;
  beforeAll(async () => {
    token = granted.parse(await (await tokenOf('mdm')).json()).access_token;
  });
  const put = (path: string, body: object) =>
    fetch(`${cloud.origin}/api/v1${path}`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });

  it('reports a device, and its person is kept out', async () => {
    expect((await put('/devices', { devices: [report({ 'disk-encryption': false })] })).status).toBe(200);
    expect(await becomes(slug('pass', 'posture'), 'refused')).toContain('default deny');
    await put('/devices', { devices: [report({ 'disk-encryption': true })] });
    expect(await becomes(slug('pass', 'posture'), 'answered')).toBe('answered');
  });

  it('states a risk, which keeps somebody out until it ends', async () => {
    const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
    const risk = { level: 'high', reason: 'credentials for sale', expiresAt };
    expect((await put('/people/alice%40example.com/risk', risk)).status).toBe(200);
    expect(await becomes(slug('pass', 'risk'), 'refused')).toContain('default deny');
    expect(await owner.run('person risk alice@example.com')).toMatch(/high .* mdm +credentials for sale/);
    await owner.run('person risk alice@example.com none --reason checked');
    expect(await becomes(slug('pass', 'risk'), 'answered')).toBe('answered');
  });

  it('does nothing else, and nothing without permissions', async () => {
    expect((await put('/policies/staff', {})).status).toBe(403);
    const asked = (path: string) =>
      fetch(`${cloud.origin}${path}`, { headers: { authorization: `Bearer ${token}` } });
    expect((await asked('/api/v1/audit')).status).toBe(403);
    expect((await asked('/api/v1/me')).status).toBe(403);
    const relayed = await fetch(cloud.mcpUrl, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
    });
    expect(relayed.status).toBe(401);
    const refused = await tokenOf('idle');
    expect([refused.status, await refused.json()]).toMatchObject([400, { error: 'access_denied' }]);
    await owner.run('service-token revoke mdm');
    expect((await put('/devices', { devices: [report({})] })).status).toBe(401);
  });
});

describe('a session that has read what is confidential', () => {
  it('is kept from where it could go, and only that session', async () => {
    expect(await call(alice, 'mail')).toBe('answered');
    expect(await call(alice, 'hr')).toBe('answered');
    expect(await call(alice, 'mail')).toContain('must not leave');
    expect(await call(alice, slug('pass', 'taint'))).toContain('default deny');
    const another = await connectAs(cloud, 'alice');
    expect(await call(another, 'mail')).toBe('answered');
    await another.close();
  });
});
