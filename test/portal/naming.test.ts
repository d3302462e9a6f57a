import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  type ScriptedServer,
  sendResult,
  startScriptedServer,
} from '../fixtures/upstreams/scripted-server.ts';
import { ask } from './clients.ts';
import { serverOf, startPortal, type TestPortal } from './portal.ts';

const toolsOf = (...names: string[]) => names.map((name) => ({ name, inputSchema: { type: 'object' } }));

let upstream: ScriptedServer;
let portal: TestPortal;

beforeAll(async () => {
  upstream = await startScriptedServer((received, response) =>
    sendResult(response, received, { resultType: 'complete', content: [] }),
  );
  const { url } = upstream;
  portal = await startPortal([
    serverOf('box', url, { tools: toolsOf('open'), instructions: 'Boxes.' }),
    serverOf(
      'own',
      url,
      { tools: toolsOf('find', 'shared', 'box__open'), prompts: [{ name: 'ask' }], instructions: 'Its own.' },
      { naming: 'unprefixed' },
    ),
    serverOf('late', url, { tools: toolsOf('shared', 'keep') }, { naming: 'unprefixed' }),
  ]);
});

afterAll(async () => {
  await portal.close();
  await upstream.close();
});

const call = (name: string) => ask(portal, 'tools/call', { name, arguments: {} });

describe('a server without prefix', () => {
  it('has its tools and prompts in the portal under their own names', async () => {
    const { answer } = await ask(portal, 'tools/list');
    expect(answer.result?.tools).toEqual(toolsOf('find', 'keep'));
    expect((await ask(portal, 'prompts/list')).answer.result?.prompts).toEqual([{ name: 'ask' }]);
  });

  it('is called by them', async () => {
    expect((await call('find')).status).toBe(200);
    expect(upstream.last('tools/call').message.params?.name).toBe('find');
    expect((await call('own__find')).answer.error?.code).toBe(-32602);
  });

  it('is introduced without a prefix', async () => {
    const { answer } = await ask(portal, 'server/discover');
    expect(answer.result?.instructions).toBe(
      '# The box server (box__)\n\nBoxes.\n\n# The own server\n\nIts own.',
    );
  });
});

describe('a name that two servers of a portal claim all the same', () => {
  it.each(['shared', 'box__open'])('leads to neither: %s', async (name) => {
    upstream.received.length = 0;
    expect((await call(name)).answer.error?.message).toBe(`Unknown tool: ${name}`);
    expect(upstream.received).toEqual([]);
  });
});
