import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { type Client, QUERY, TOOL, type Trip } from './client.ts';
import { ClientProcess } from './client-process.ts';

const MCPORTER = fileURLToPath(import.meta.resolve('./node_modules/mcporter/dist/cli.js'));
const listed = z.object({ tools: z.array(z.object({ name: z.string() })) });

function mcporter(trip: Trip, command: string, ...parameters: readonly string[]) {
  const server = ['--http-url', trip.cloud.mcpUrl, '--allow-http', '--name', 'portal'];
  return new ClientProcess(trip, MCPORTER, [command, ...server, ...parameters]);
}

export const mcporters: readonly Client[] = [
  {
    name: 'mcporter',
    // It shows the error's code and drops its description.
    refusal: /access_denied/,
    async connect(trip) {
      await (await mcporter(trip, 'auth', '--no-browser').signIn()).finished();
      const list = await mcporter(trip, 'list', '--json', '--no-oauth').finished();
      const call = await mcporter(trip, 'call', '--no-oauth', TOOL, `query=${QUERY}`).finished();
      const { tools } = listed.parse(JSON.parse(list.out));
      return { tools: tools.map(({ name }) => name), answer: call.out };
    },
  },
];
