import { join } from 'node:path';
import { type Client, QUERY, type Seen, TOOL, type Trip } from './client.ts';
import { ClientProcess } from './client-process.ts';

const EXAMPLES = join(import.meta.dirname, '../../examples/clients');

/** The example clients do the person's part themselves. */
async function runExample(trip: Trip, name: string, more: readonly string[]): Promise<Seen> {
  const run = async (...parameters: string[]) => {
    const given = ['--url', trip.cloud.mcpUrl, '--person', trip.person, ...more, ...parameters];
    return (await new ClientProcess(trip, join(EXAMPLES, name), given).finished()).out;
  };
  const [, ...tools] = (await run()).trim().split('\n');
  return { tools, answer: await run(TOOL, JSON.stringify({ query: QUERY })) };
}

export const sdkExamples: readonly Client[] = ['1', '2'].flatMap((version) => [
  {
    name: `SDK v${version}, registered dynamically`,
    connect: (trip: Trip) => runExample(trip, `sdk-v${version}.ts`, []),
  },
  {
    name: `SDK v${version} with a client ID metadata document`,
    documented: true,
    connect: (trip: Trip) =>
      runExample(trip, `sdk-v${version}.ts`, ['--client-metadata-url', trip.documentUrl]),
  },
]);
