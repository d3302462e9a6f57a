import { fileURLToPath } from 'node:url';
import { Client as StdioClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import * as z from 'zod';
import { type Client, QUERY, type Seen, TOOL, type Trip } from './client.ts';
import { ClientProcess, environmentOf } from './client-process.ts';
import { freePort } from './free-port.ts';
import { Output, signIn } from './output.ts';

const moduleOf = (name: string) =>
  fileURLToPath(import.meta.resolve(`./node_modules/mcp-remote/dist/${name}.js`));
const content = z.array(z.object({ text: z.string() }));

async function parametersOf({ cloud }: Trip, more: readonly string[] = []): Promise<string[]> {
  return [cloud.mcpUrl, String(await freePort()), '--transport', 'http-only', '--allow-http', ...more];
}

/** Its own client, which signs in and lists, as people do to try a server. */
async function listTools(trip: Trip, parameters: readonly string[]): Promise<string[]> {
  const client = new ClientProcess(trip, moduleOf('client'), parameters);
  await client.signIn();
  const { all } = await client.finished();
  return [...all.matchAll(/"name": "([^"]+)"/g)].map(([, name = '']) => name);
}

/** Behind a client that speaks stdio alone, as Claude Desktop starts it. */
async function throughBridge(trip: Trip, parameters: readonly string[], signedIn = false): Promise<Seen> {
  const output = new Output();
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [moduleOf('proxy'), ...parameters],
    env: environmentOf(trip),
    stderr: 'pipe',
  });
  transport.stderr?.on('data', (chunk: Buffer) => output.add(chunk));
  transport.stderr?.on('end', () => output.end());
  const client = new StdioClient({ name: 'stdio', version: '1' });
  const connected = client.connect(transport);
  try {
    await Promise.all([connected, signedIn || signIn(output, trip.person)]);
    const { tools } = await client.listTools();
    const answer = await client.callTool({ name: TOOL, arguments: { query: QUERY } });
    return {
      tools: tools.map(({ name }) => name),
      answer: content
        .parse(answer.content)
        .map(({ text }) => text)
        .join(''),
    };
  } catch (error) {
    throw new Error(output.text, { cause: error });
  } finally {
    await client.close();
  }
}

export const mcpRemotes: readonly Client[] = [
  {
    name: 'mcp-remote, its own client and then its stdio bridge with what is stored',
    async connect(trip) {
      const parameters = await parametersOf(trip);
      const tools = await listTools(trip, parameters);
      const { answer } = await throughBridge(trip, parameters, true);
      return { tools, answer };
    },
  },
  {
    name: 'mcp-remote as a stdio bridge, registered dynamically',
    connect: async (trip) => throughBridge(trip, await parametersOf(trip)),
  },
  {
    name: 'mcp-remote as a stdio bridge with a client ID metadata document',
    documented: true,
    connect: async (trip) =>
      throughBridge(trip, await parametersOf(trip, ['--client-metadata-url', trip.documentUrl])),
  },
];
