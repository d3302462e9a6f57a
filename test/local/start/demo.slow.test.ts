import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { startCloud, type TestCloud } from '../../fixtures/cloud.ts';

jest.setTimeout(60_000);

const commandLine = join(import.meta.dirname, '../../../cli/sallyport.ts');
const run = promisify(execFile);

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await startCloud();
});
afterAll(async () => cloud.stop());

async function tokenOf(person: string): Promise<string> {
  const { stdout } = await run(process.execPath, [commandLine, 'token', '--person', person], {
    env: {
      ...process.env,
      SALLYPORT_URL: cloud.origin,
      SALLYPORT_CONFIG_DIR: join(cloud.dataFolder, person),
    },
  });
  return stdout.trim();
}

async function connect(person: string): Promise<Client> {
  const headers = { authorization: `Bearer ${await tokenOf(person)}` };
  const client = new Client({ name: 'demo-test', version: '1.0.0' });
  await client.connect(
    new StreamableHTTPClientTransport(new URL(cloud.mcpUrl), { requestInit: { headers } }),
  );
  return client;
}

describe('the demo', () => {
  it('shows alice, an engineer, the tools of both servers', async () => {
    const client = await connect('alice');
    const names = (await client.listTools()).tools.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['everything__echo', 'hr__find_employee', 'hr__org_chart']));
    const answer = await client.callTool({ name: 'everything__echo', arguments: { message: 'hello' } });
    expect(JSON.stringify(answer.content)).toContain('hello');
    await client.close();
  });

  it('shows bob, in sales, the HR directory only', async () => {
    const client = await connect('bob');
    const names = (await client.listTools()).tools.map(({ name }) => name);
    expect(names.length).toBeGreaterThan(0);
    expect(names.filter((name) => !name.startsWith('hr__'))).toEqual([]);
    const answer = await client.callTool({ name: 'hr__find_employee', arguments: { query: 'engineer' } });
    expect(answer.isError).not.toBe(true);
    await client.close();
  });

  it('refuses carol, from outside, with a reason', async () => {
    await expect(tokenOf('carol')).rejects.toMatchObject({ code: 1, stderr: expect.stringMatching(/\S/) });
  });

  it('hands out nothing of the environment of the person who started it', async () => {
    const client = await connect('alice');
    const answer = await client.callTool({ name: 'everything__get-env', arguments: {} });
    expect(JSON.stringify(answer.content)).toContain('PATH');
    expect(JSON.stringify(answer.content)).not.toContain('JEST_WORKER_ID');
    await client.close();
  });
});
