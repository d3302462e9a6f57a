import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { type Client, QUERY, type Seen, TOOL, type Trip } from './client.ts';
import { ClientProcess } from './client-process.ts';
import { freePort } from './free-port.ts';
import { tokenOf } from './token.ts';

const INSPECTOR = fileURLToPath(
  import.meta.resolve('./node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js'),
);
const listed = z.object({ result: z.object({ tools: z.array(z.object({ name: z.string() })) }) });
const called = z.object({ result: z.object({ content: z.array(z.object({ text: z.string() })) }) });

const LIST = ['--method', 'tools/list'];
const CALL = ['--method', 'tools/call', '--tool-name', TOOL, '--tool-arg', `query=${QUERY}`];

const inspect = (trip: Trip, parameters: readonly string[]) =>
  new ClientProcess(
    trip,
    INSPECTOR,
    ['--cli', trip.cloud.mcpUrl, '--transport', 'http', '--format', 'json', ...parameters],
    { MCP_AUTO_OPEN_ENABLED: 'true', MCP_INSPECTOR_SECRET_STORE: 'file' },
  );

async function seen(list: ClientProcess, call: () => ClientProcess): Promise<Seen> {
  const { tools } = listed.parse(JSON.parse((await list.finished()).out)).result;
  const { content } = called.parse(JSON.parse((await call().finished()).out)).result;
  return { tools: tools.map(({ name }) => name), answer: content.map(({ text }) => text).join('') };
}

/** Signs in when it lists, and calls with what it has stored by then. */
async function withSignIn(trip: Trip, parameters: readonly string[]): Promise<Seen> {
  const callback = ['--callback-url', `http://127.0.0.1:${await freePort()}/callback`];
  const list = inspect(trip, [...parameters, ...callback, ...LIST]);
  await list.signIn();
  return seen(list, () => inspect(trip, [...parameters, '--stored-auth-only', ...CALL]));
}

async function withToken(trip: Trip): Promise<Seen> {
  const header = ['--header', `Authorization: Bearer ${await tokenOf(trip)}`];
  return seen(inspect(trip, [...header, ...LIST]), () => inspect(trip, [...header, ...CALL]));
}

export const inspectors: readonly Client[] = [
  ...['legacy', 'auto', 'modern'].map((era) => ({
    name: `Inspector CLI, ${era} era, registered dynamically`,
    connect: (trip: Trip) => withSignIn(trip, ['--protocol-era', era]),
  })),
  {
    name: 'Inspector CLI with a client ID metadata document',
    documented: true,
    connect: (trip) =>
      withSignIn(trip, ['--protocol-era', 'modern', '--client-metadata-url', trip.documentUrl]),
  },
  { name: 'Inspector CLI with a token of the command line', connect: withToken },
];
