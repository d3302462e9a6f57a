import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import * as z from 'zod';
import { startCloud, type TestCloud } from '../fixtures/cloud.ts';
import { Connection } from './connection.ts';
import { PersonsBrowser } from './persons-browser.ts';
import { connectWith, listedWith, Owner } from './selectors/listed-servers.ts';

jest.setTimeout(90_000);

const document = (kind: string, id: string, spec: object) => ({
  apiVersion: 'sallyport/v1',
  kind,
  metadata: { id },
  spec,
});
const allow = (more: object) => ({ action: 'allow', include: [{ emailDomain: 'example.com' }], ...more });
const CONDITIONS = {
  why: allow({ justification: { prompt: 'Which ticket is this for?' } }),
  fresh: allow({ stepUp: { within: '15m' } }),
  short: allow({ sessionDuration: '1m' }),
  agreed: allow({ approval: { approvers: ['bob@example.com', 'alice@example.com'], longest: '2h' } }),
};

let cloud: TestCloud;
let owner: Owner;
let token: string;
let client: Client;
let asking: Client;
const folder = mkdtempSync(join(tmpdir(), 'sallyport-conditions-'));
const asked: string[] = [];

beforeAll(async () => {
  cloud = await startCloud();
  owner = new Owner(cloud, folder);
  await owner.run('login --person dana');
  const { spec } = JSON.parse(await owner.run('get server hr -o json'));
  const names = Object.keys(CONDITIONS);
  await owner.apply([
    ...Object.entries(CONDITIONS).map(([id, policy]) => document('Policy', id, policy)),
    document('Policy', 'fresh-for-danger', { ...CONDITIONS.fresh, require: [{ toolRisk: 'destructive' }] }),
    document('Policy', 'anything-else', allow({})),
    ...names.map((id) => document('Server', id, { title: id, slug: id, url: spec.url, policies: [id] })),
    document('Server', 'danger', {
      title: 'Danger',
      slug: 'danger',
      url: spec.url,
      policies: ['staff'],
      toolPolicies: ['fresh-for-danger', 'anything-else'],
      tools: { find_employee: { risk: 'read-only' }, org_chart: { risk: 'destructive' } },
    }),
  ]);
  const portal = JSON.parse(await owner.run('get portal default -o json'));
  const servers = [...portal.spec.servers, ...names, 'danger'];
  await owner.apply([{ ...portal, spec: { ...portal.spec, servers } }]);
  const connection = await Connection.register(cloud.origin);
  ({ access_token: token } = await connection.signIn('alice'));
  client = await connectWith(cloud, token);
  asking = new Client(
    { name: 'asking', version: '1' },
    { versionNegotiation: { mode: 'auto' }, capabilities: { elicitation: { url: {} } } },
  );
  asking.setRequestHandler('elicitation/create', async ({ params }) => {
    if ('url' in params && typeof params.url === 'string') asked.push(params.url);
    return { action: 'cancel' };
  });
  const authProvider = { token: async () => token };
  await asking.connect(new StreamableHTTPClientTransport(new URL(cloud.mcpUrl), { authProvider }));
  await listedWith(client, 'danger');
}, 180_000);
afterAll(async () => {
  await client?.close();
  await asking?.close();
  await cloud?.stop();
  rmSync(folder, { recursive: true, force: true });
});

interface Answer {
  isError: boolean;
  text: string;
}
const result = z.looseObject({
  isError: z.boolean().optional(),
  content: z.array(z.looseObject({ text: z.string().optional() })).default([]),
});

async function call(tool: string, by = client): Promise<Answer> {
  const args = tool.endsWith('org_chart') ? {} : { query: 'bob' };
  const answer = result.parse(await by.callTool({ name: tool, arguments: args }));
  return { isError: answer.isError === true, text: answer.content.map(({ text = '' }) => text).join('\n') };
}
const linkIn = ({ text }: Answer): string =>
  /(http:\S+\/console\/conditions\?link=[\w-]{43})/.exec(text)?.[1] ?? '';
const at = '/console/conditions';

describe('a justification', () => {
  it('is asked for by the tool’s error, given once in the browser, and then holds for the session', async () => {
    const held = await call('why__find_employee');
    expect([held.isError, held.text]).toEqual([
      true,
      expect.stringContaining('policy "why" asks why you need this'),
    ]);
    const browser = new PersonsBrowser('alice');
    const first = await browser.open(linkIn(held));
    expect(first.html).toContain('/console/sign-in?link=');
    const page = await browser.open(
      new URL(`/console/sign-in?link=${linkIn(held).slice(-43)}`, cloud.origin),
    );
    expect(page.html).toContain('Which ticket is this for?');
    const empty = await browser.submit(page, at, { 'justification-why': '  ' });
    expect([empty.status, empty.html]).toEqual([400, expect.stringContaining('Please write why')]);
    const done = await browser.submit(page, at, { 'justification-why': 'Ticket 4711' });
    expect(done.html).toContain('Go back to your application');
    expect((await call('why__find_employee')).isError).toBe(false);
    const record = await owner.run('audit list --since 1h -o json');
    expect(record).toContain('Ticket 4711');
    const again = await browser.submit(page, at, { 'justification-why': 'Ticket 4711' });
    expect(again.status).toBe(404);
  });

  it('of one session is none of another', async () => {
    const other = await connectWith(
      cloud,
      (await (await Connection.register(cloud.origin)).signIn('alice')).access_token,
    );
    expect((await call('why__find_employee', other)).isError).toBe(true);
    await other.close();
  });

  it('is nobody’s to give who only has the link, and none that a page did not ask for', async () => {
    const other = await connectWith(
      cloud,
      (await (await Connection.register(cloud.origin)).signIn('alice')).access_token,
    );
    const link = linkIn(await call('why__find_employee', other));
    const bob = new PersonsBrowser('bob');
    const stranger = await bob.open(new URL(`/console/sign-in?link=${link.slice(-43)}`, cloud.origin));
    expect([stranger.status, stranger.html]).toEqual([403, expect.stringContaining('somebody else')]);
    const alice = new PersonsBrowser('alice');
    await alice.open(new URL(`/console/sign-in?link=${link.slice(-43)}`, cloud.origin));
    const forged = await alice.post(new URL(at, cloud.origin), {
      link: link.slice(-43),
      csrf: 'guessed',
      'justification-why': 'written by another site',
    });
    expect(forged.status).toBe(403);
    expect((await call('why__find_employee', other)).isError).toBe(true);
    await other.close();
  });
});

describe('a fresh sign-in', () => {
  async function stepUp(link: string): Promise<void> {
    const browser = new PersonsBrowser('alice');
    const page = await browser.open(new URL(`/console/sign-in?again&link=${link.slice(-43)}`, cloud.origin));
    const done = await browser.submit(page, at, {});
    expect(done.html).toContain('Go back to your application');
  }

  it('is asked for once the sign-in is too old, through the browser, and then lets the call through', async () => {
    let held = await call('short__find_employee');
    while (!held.isError) {
      await sleep(1_000);
      held = await call('short__find_employee');
    }
    expect(held.text).toContain('sign in again');
    await stepUp(linkIn(held));
    expect((await call('short__find_employee')).isError).toBe(false);
  });

  it('is not asked for as long as the one that began the session is fresh', async () => {
    expect((await call('fresh__find_employee')).isError).toBe(false);
    expect((await call('danger__find_employee')).isError).toBe(false);
    expect((await call('danger__org_chart')).isError).toBe(false);
  });
});

describe('an approval', () => {
  it('is asked for by the application that can open pages, decided by somebody else, and ends early', async () => {
    expect((await listedWith(client, 'danger')).has('agreed')).toBe(false);
    await asking
      .callTool({ name: 'agreed__find_employee', arguments: { query: 'bob' } })
      .catch(() => undefined);
    const link = asked.at(-1) ?? '';
    expect(link).toContain('/console/conditions?link=');
    const browser = new PersonsBrowser('alice');
    const page = await browser.open(new URL(`/console/sign-in?link=${link.slice(-43)}`, cloud.origin));
    const filed = await browser.submit(page, at, { 'approval-agreed': 'Quarterly review' });
    expect(filed.html).toContain('Once somebody approves it');

    const bob = new Owner(cloud, join(folder, 'bob'));
    const alice = new Owner(cloud, join(folder, 'alice'));
    await bob.run('login --person bob');
    await alice.run('login --person alice');
    expect(await alice.run('approval list')).not.toContain('Quarterly review');
    const [request] = z
      .object({ items: z.array(z.looseObject({ id: z.string() })) })
      .parse(JSON.parse(await bob.run('approval list -o json'))).items;
    const id = request?.id ?? '';
    await expect(alice.run(`approval approve ${id}`)).rejects.toThrow('no such request');
    await expect(owner.run(`approval approve ${id}`)).rejects.toThrow('no such request');
    await expect(bob.run(`approval approve ${id} --for 3h`)).rejects.toThrow('at most 2h');
    expect(await bob.run(`approval approve ${id} --for 1h`)).toContain('is let in');
    await expect(bob.run(`approval approve ${id} --for 1h`)).rejects.toThrow('no such request');
    expect((await call('agreed__find_employee')).isError).toBe(false);
    await bob.run(`approval deny ${id}`);
    expect((await call('agreed__find_employee')).isError).toBe(true);
  });
});
