import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client as LegacyClient } from '@modelcontextprotocol/sdk/client/index.js';
import { fetchCatalog } from '../../lambdas/portal/catalog-sync.ts';
import { type EverythingServer, startEverything } from '../fixtures/upstreams/everything.ts';
import { legacyClient, modernClient, modernSdkLegacyClient } from './clients.ts';
import { allow, LOOPBACK, serverOf, startPortal, type TestPortal } from './portal.ts';

let everything: EverythingServer;
let portal: TestPortal;

beforeAll(async () => {
  everything = await startEverything();
  const catalog = await fetchCatalog({ url: everything.url }, LOOPBACK);
  portal = await startPortal([
    serverOf('every', everything.url, catalog, { risks: { echo: 'read-only' } }),
    serverOf('secret', everything.url, catalog, {
      policies: [allow('engineers', { group: 'engineering' })],
    }),
  ]);
});

afterAll(async () => {
  await portal.close();
  await everything.stop();
});

describe.each([
  ['an SDK v2 client that negotiates', modernClient],
  ['an SDK v2 client of the legacy protocol', modernSdkLegacyClient],
  ['an SDK v1 client', legacyClient],
] as const)('%s, with a legacy server behind the portal', (_name, connect) => {
  it('sees the tools of the servers that its person may use', async () => {
    const [alice, bob] = await Promise.all([connect(portal, 'alice'), connect(portal, 'bob')]);
    const [alices, bobs] = await Promise.all([alice.listTools(), bob.listTools()]);
    expect(alices.tools.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['every__echo', 'secret__echo']),
    );
    expect(bobs.tools.map(({ name }) => name)).toContain('every__echo');
    expect(bobs.tools.filter(({ name }) => name.startsWith('secret__'))).toEqual([]);
    await Promise.all([alice.close(), bob.close()]);
  });

  it('calls tools, gets prompts, reads resources and completes arguments', async () => {
    const client = await connect(portal);
    const echoed = await client.callTool({ name: 'every__echo', arguments: { message: 'hello' } });
    expect(echoed.content).toEqual([{ type: 'text', text: 'Echo: hello' }]);
    const prompt = await client.getPrompt({
      name: 'every__args-prompt',
      arguments: { city: 'Paris', state: 'TX' },
    });
    expect(JSON.stringify(prompt.messages)).toContain('Paris');
    const { resourceTemplates } = await client.listResourceTemplates();
    expect(resourceTemplates.length).toBeGreaterThan(0);
    await client.close();
  });

  it('is told that a tool is unknown, whether it does not exist or is not for this person', async () => {
    const bob = await connect(portal, 'bob');
    const outcome = async (name: string) =>
      bob.callTool({ name, arguments: {} }).catch((error: Error) => error);
    for (const name of ['secret__echo', 'nowhere__echo'])
      expect(await outcome(name)).toMatchObject({
        message: expect.stringContaining(`Unknown tool: ${name}`),
      });
    await bob.close();
  });

  it('gets progress while the call runs', async () => {
    const client = await connect(portal);
    const seen: number[] = [];
    const call = {
      name: 'every__trigger-long-running-operation',
      arguments: { duration: 0.2, steps: 2 },
    };
    const options = { onprogress: ({ progress }: { progress: number }) => void seen.push(progress) };
    const result =
      client instanceof LegacyClient
        ? await client.callTool(call, undefined, options)
        : await client.callTool(call, options);
    expect(JSON.stringify(result.content)).toContain('completed');
    expect(seen.length).toBeGreaterThan(0);
    await client.close();
  });

  it('refuses a person whom the portal does not allow', async () => {
    const refusal = await connect(portal, 'carol').catch((error: Error) => error);
    expect(refusal).toMatchObject({ message: expect.stringContaining('403') });
  });
});
