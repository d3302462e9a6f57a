import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Client } from '@modelcontextprotocol/client';
import * as z from 'zod';
import { startCloud, type TestCloud } from '../../fixtures/cloud.ts';
import { connectAs, connectWith, listedWith, Owner, type Rules } from './listed-servers.ts';

jest.setTimeout(90_000);

const everyone = { everyone: true };
const include = (...selectors: object[]) => ({ include: selectors });
const document = (kind: string, id: string, spec: object) => ({
  apiVersion: 'sallyport/v1',
  kind,
  metadata: { id },
  spec,
});

const named = [
  document('List', 'guests', { type: 'emails', items: ['Alice@example.com', 'guest@outside.test'] }),
  document('List', 'strangers', { type: 'emails', items: ['guest@outside.test'] }),
  document('List', 'here', { type: 'ip-ranges', items: ['192.0.2.0/24', '127.0.0.0/8'] }),
  document('List', 'there', { type: 'ip-ranges', items: ['192.0.2.0/24', '2001:db8::/32'] }),
  document('RuleGroup', 'engineers-here', {
    include: [{ group: 'engineering' }],
    require: [{ ipList: 'here' }],
  }),
  document('RuleGroup', 'engineers-there', {
    include: [{ group: 'engineering' }],
    require: [{ ipList: 'there' }],
  }),
  document('ServiceToken', 'nightly', { title: 'Nightly report' }),
  document('ServiceToken', 'other', { title: 'Another' }),
];

const clock = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString().slice(11, 16);

const forAlice: Record<string, Rules> = {
  everyone: { passes: include(everyone), fails: include({ serviceToken: 'other' }) },
  email: { passes: include({ email: 'ALICE@example.com' }), fails: include({ email: 'bob@example.com' }) },
  'e-mail domain': {
    passes: include({ emailDomain: 'example.com' }),
    fails: include({ emailDomain: 'sub.example.com' }),
  },
  list: { passes: include({ emailList: 'guests' }), fails: include({ emailList: 'strangers' }) },
  group: { passes: include({ group: 'engineering' }), fails: include({ group: 'Engineering' }) },
  'IPv4 range': { passes: include({ ipRange: '127.0.0.0/8' }), fails: include({ ipRange: '192.0.2.0/24' }) },
  'IPv6 range': {
    passes: { ...include(everyone), exclude: [{ ipRange: '2001:db8::/32' }] },
    fails: include({ ipRange: '2001:db8::/32' }),
  },
  'IP list': { passes: include({ ipList: 'here' }), fails: include({ ipList: 'there' }) },
  'rule group': {
    passes: include({ ruleGroup: 'engineers-here' }),
    fails: include({ ruleGroup: 'engineers-there' }),
  },
  time: {
    passes: { ...include(everyone), require: [{ time: { from: clock(-2), to: clock(2) } }] },
    fails: { ...include(everyone), require: [{ time: { from: clock(2), to: clock(4) } }] },
  },
  'server label': {
    passes: { ...include(everyone), exclude: [{ serverLabel: 'egress' }] },
    fails: include({ serverLabel: 'egress' }),
  },
};

const forServices: Record<string, Rules> = {
  'service token': {
    passes: include({ serviceToken: 'nightly' }),
    fails: include({ serviceToken: 'other' }),
  },
  'any service token': { passes: include({ anyServiceToken: true }), fails: include(everyone) },
};

let cloud: TestCloud;
let owner: Owner;
const folder = mkdtempSync(join(tmpdir(), 'sallyport-selectors-'));
const open: Client[] = [];
const kept = async (connecting: Promise<Client>): Promise<Client> => {
  const client = await connecting;
  open.push(client);
  return client;
};

beforeAll(async () => {
  cloud = await startCloud();
  owner = new Owner(cloud, folder);
  await owner.run('login --person dana');
  await owner.applyRules([...Object.values(forAlice), ...Object.values(forServices)], named);
  await owner.apply([
    document('Policy', 'programs', { action: 'service-auth', include: [{ anyServiceToken: true }] }),
    document('Policy', 'read-only', { action: 'block', include: [{ toolRisk: 'destructive' }] }),
    document('Policy', 'few-days', {
      action: 'block',
      include: [{ argument: { path: 'team', equals: 'management' } }],
      message: 'Ask the management itself.',
    }),
  ]);
  const portal = JSON.parse(await owner.run('get portal default -o json'));
  await owner.apply([
    { ...portal, spec: { ...portal.spec, policies: [...portal.spec.policies, 'programs'] } },
    await withTools('hr', { toolPolicies: ['read-only'] }, { list_team: ['few-days'] }),
  ]);
});
afterAll(async () => {
  await Promise.all(open.map((client) => client.close()));
  await cloud.stop();
  rmSync(folder, { recursive: true });
});

const reviewed = z.object({
  spec: z.looseObject({ tools: z.record(z.string(), z.looseObject({ risk: z.string().optional() })) }),
});

/** A server's document with policies for its tools, and one tool that nobody reviewed. */
async function withTools(id: string, spec: object, policies: Record<string, string[]>): Promise<object> {
  const found = reviewed.parse(JSON.parse(await owner.run(`get server ${id} -o json`)));
  const { org_chart: _, ...tools } = found.spec.tools;
  for (const [name, ids] of Object.entries(policies)) tools[name] = { ...tools[name], policies: ids };
  return document('Server', id, { ...found.spec, ...spec, tools });
}

describe('a real client of a person is shown and kept from servers by', () => {
  let listed: Set<string>;
  beforeAll(async () => {
    const alice = await kept(connectAs(cloud, 'alice'));
    listed = await listedWith(alice, 'pass0');
  });

  it.each(Object.keys(forAlice).map((name, index) => [name, index] as const))('%s', (_name, index) => {
    expect([listed.has(`pass${index}`), listed.has(`fail${index}`)]).toEqual([true, false]);
  });

  it('cannot call what it is not shown', async () => {
    const [alice] = open;
    await expect(
      alice?.callTool({ name: 'fail1__find_employee', arguments: { query: 'bob' } }),
    ).rejects.toThrow(/Unknown tool/);
  });

  it('is told the right place when only the place is wrong', async () => {
    const [alice] = open;
    const index = Object.keys(forAlice).indexOf('IPv4 range');
    await expect(
      alice?.callTool({ name: `fail${index}__find_employee`, arguments: { query: 'bob' } }),
    ).rejects.toThrow(/server, default deny/);
  });
});

const answered = z.object({ access_token: z.string().optional() });

/** As soon as the policy that lets it in holds. */
async function accessToken({ clientId, secret }: { clientId: string; secret: string }): Promise<string> {
  const parameters = { grant_type: 'client_credentials', client_id: clientId, client_secret: secret };
  for (;;) {
    const body = new URLSearchParams({ ...parameters, resource: cloud.mcpUrl });
    const answer = await fetch(`${cloud.origin}/oauth/token`, { method: 'POST', body });
    const { access_token: token } = answered.parse(await answer.json());
    if (token !== undefined) return token;
    await sleep(1_000);
  }
}

describe('a real client of a service token', () => {
  it('is shown servers by its name or by being one, and by nothing else', async () => {
    const made = z
      .object({ clientId: z.string(), secret: z.string() })
      .parse(JSON.parse(await owner.run('service-token rotate nightly -o json')));
    const token = await accessToken(made);
    const client = await kept(connectWith(cloud, token));
    const first = Object.keys(forAlice).length;
    const listed = await listedWith(client, `pass${first}`);
    expect([...listed].toSorted()).toEqual([`pass${first}`, `pass${first + 1}`]);
  });
});

describe('a real client is kept from tools of a server that it may use', () => {
  const hrTools = async (client: Client) =>
    (await client.listTools()).tools.map(({ name }) => name).filter((name) => name.startsWith('hr__'));

  it('by what nobody reviewed, which counts as destructive', async () => {
    const bob = await kept(connectAs(cloud, 'bob'));
    expect(await hrTools(bob)).toEqual(expect.arrayContaining(['hr__find_employee', 'hr__list_team']));
    expect(await hrTools(bob)).not.toContain('hr__org_chart');
    await expect(bob.callTool({ name: 'hr__org_chart', arguments: {} })).rejects.toThrow(/Unknown tool/);
  });

  it('by the arguments of the call, whose message it is told', async () => {
    const bob = await kept(connectAs(cloud, 'bob'));
    const team = (name: string) => bob.callTool({ name: 'hr__list_team', arguments: { team: name } });
    expect((await team('engineering')).isError).not.toBe(true);
    await expect(team('management')).rejects.toThrow('Ask the management itself.');
  });
});
