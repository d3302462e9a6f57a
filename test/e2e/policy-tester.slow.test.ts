import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Client } from '@modelcontextprotocol/client';
import * as z from 'zod';
import { type Run, runCommand } from '../cli/run.ts';
import { startCloud, type TestCloud } from '../fixtures/cloud.ts';
import { connectAs, listedWith, Owner } from './selectors/listed-servers.ts';

jest.setTimeout(90_000);

const document = (kind: string, id: string, spec: object) => ({
  apiVersion: 'sallyport/v1',
  kind,
  metadata: { id },
  spec,
});
const allow = (id: string, spec: object) => document('Policy', id, { action: 'allow', ...spec });

let cloud: TestCloud;
let owner: Owner;
let alice: Client;
const folder = mkdtempSync(join(tmpdir(), 'sallyport-tester-'));
const tried = join(folder, 'tried.yaml');
const server = z.object({ spec: z.looseObject({ url: z.string() }) });

beforeAll(async () => {
  cloud = await startCloud();
  owner = new Owner(cloud, folder);
  await owner.run('login --person dana');
  const { url } = server.parse(JSON.parse(await owner.run('get server hr -o json'))).spec;
  const portal = JSON.parse(await owner.run('get portal default -o json'));
  const hr = (id: string, spec: object) => document('Server', id, { title: id, slug: id, url, ...spec });
  await owner.apply([
    document('RuleGroup', 'far-away', { include: [{ ipRange: '192.0.2.0/24' }] }),
    allow('open', { include: [{ everyone: true }] }),
    allow('far', { include: [{ group: 'engineering' }], require: [{ ruleGroup: 'far-away' }] }),
    allow('asked', { include: [{ everyone: true }], justification: { prompt: 'Why do you need this?' } }),
    document('Policy', 'no-bob', {
      action: 'block',
      include: [{ argument: { path: 'query', contains: 'bob' } }],
    }),
    hr('near', { policies: ['open'], toolPolicies: ['no-bob'] }),
    hr('distant', { policies: ['far'] }),
    hr('waiting', { policies: ['asked'] }),
    { ...portal, spec: { ...portal.spec, servers: [...portal.spec.servers, 'near', 'distant', 'waiting'] } },
  ]);
  writeFileSync(tried, JSON.stringify(allow('far', { include: [{ group: 'engineering' }] })));
  alice = await connectAs(cloud, 'alice');
});
afterAll(async () => {
  await alice.close();
  await cloud.stop();
  rmSync(folder, { recursive: true });
});

/** A command, with its exit code. */
const command = (line: string): Promise<Run> =>
  runCommand(line.split(' '), { SALLYPORT_URL: cloud.origin, SALLYPORT_CONFIG_DIR: folder });
const test = (more: string) => command(`policy test --person alice@example.com ${more} --exit-code`);

describe('policy test answers as the portal does', () => {
  it('allowed: a server that a real client of the person lists', async () => {
    const { code, out } = await test('--server near');
    expect([code, out]).toEqual([0, expect.stringContaining('alice@example.com at near: ALLOWED')]);
    expect(await listedWith(alice, 'near')).toContain('near');
  });

  it('denied: with what the person lacks, and from where they would be let in', async () => {
    const { code, out, err } = await test('--server distant --ip 127.0.0.1');
    expect([code, err]).toEqual([3, 'Not allowed: denied.\n']);
    expect(out).toContain('allow policy "far" would have to match:');
    expect(out).toContain('require ruleGroup "far-away": include ipRange "192.0.2.0/24": has "127.0.0.1"');
    expect((await listedWith(alice, 'near')).has('distant')).toBe(false);
    expect((await test('--server distant --ip 192.0.2.7')).code).toBe(0);
  });

  it('held: what is left to do', async () => {
    const { code, out } = await test('--server waiting -o json');
    expect(code).toBe(3);
    expect(JSON.parse(out).decision).toMatchObject({
      outcome: 'held',
      remedies: [{ kind: 'justification', level: 'server', policy: 'asked' }],
    });
  });

  it('a tool by the arguments of its call', async () => {
    const find = '--server near --tool find_employee --args';
    expect((await test(`${find} {"query":"ann"}`)).code).toBe(0);
    const { code, out } = await test(`${find} {"query":"bob"}`);
    expect([code, out]).toEqual([3, expect.stringContaining('no-bob')]);
    await expect(
      alice.callTool({ name: 'near__find_employee', arguments: { query: 'bob' } }),
    ).rejects.toThrow();
    await expect(
      alice.callTool({ name: 'near__find_employee', arguments: { query: 'ann' } }),
    ).resolves.toBeDefined();
  });

  it('somebody unknown: where the fault is', async () => {
    const { code, err } = await command('policy test --person nobody@example.com');
    expect([code, err]).toEqual([1, expect.stringContaining('nobody@example.com')]);
  });
});

describe('policy who', () => {
  it('lists who could use a server, from the right place', async () => {
    const { out } = await command('policy who --server distant');
    expect(out).toMatch(/alice@example\.com .*allowed +far/);
    expect(out).toMatch(/dana@example\.com/);
    const { out: denied } = await command('policy who --server distant --denied');
    expect(denied).not.toContain('alice@example.com');
  });
});

describe('policy diff', () => {
  it('says who would lose access, and applies nothing', async () => {
    writeFileSync(tried, JSON.stringify(allow('far', { include: [{ group: 'nobody' }] })));
    const { code, out } = await command(`policy diff ${tried}`);
    expect([code, out]).toEqual([0, expect.stringMatching(/alice@example\.com +loses +distant/)]);
    expect(await owner.run(`apply -f ${tried} --dry-run`)).toBe(out);
    expect((await test('--server distant --ip 192.0.2.7')).code).toBe(0);
  });

  it('compares two sets of files', async () => {
    const open = join(folder, 'open.yaml');
    writeFileSync(open, JSON.stringify(allow('far', { include: [{ everyone: true }] })));
    const { out } = await command(`policy diff --from ${tried} --to ${open}`);
    expect(out).toMatch(/alice@example\.com +gains +distant/);
  });
});
