import { parseArgs } from 'node:util';

export interface Command {
  url: URL;
  person: string;
  /** Where the client publishes who it is (client ID metadata document); it registers itself when undefined. */
  metadataUrl: string | undefined;
  tool: string | undefined;
  arguments: Record<string, unknown>;
}

const USAGE =
  'usage: node examples/clients/sdk-v2.ts|sdk-v1.ts [--url URL] [--person NAME] [--client-metadata-url URL] [TOOL [JSON-ARGUMENTS]]';

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Reads the command line. `SALLYPORT_URL` is the deployment's origin when no `--url` says otherwise. */
export function readCommand(argv: string[]): Command {
  const { values, positionals } = parseArgs({
    args: argv,
    allowPositionals: true,
    options: {
      url: { type: 'string' },
      person: { type: 'string', default: 'alice' },
      'client-metadata-url': { type: 'string' },
    },
  });
  const [tool, json = '{}'] = positionals;
  const parsed: unknown = JSON.parse(json);
  if (!isRecord(parsed) || positionals.length > 2) throw new Error(USAGE);
  const origin = process.env.SALLYPORT_URL ?? 'http://127.0.0.1:8787';
  return {
    url: new URL(values.url ?? `${origin}/mcp`),
    person: values.person,
    metadataUrl: values['client-metadata-url'],
    tool,
    arguments: parsed,
  };
}

/** The part of a client that both SDK generations share. */
export interface ToolClient {
  listTools(): Promise<{ tools: { name: string }[] }>;
  callTool(call: { name: string; arguments: Record<string, unknown> }): Promise<Record<string, unknown>>;
}

/** Prints what the person may use and, when a tool is named, its answer. */
export async function report(client: ToolClient, command: Command, protocol: string): Promise<void> {
  console.log(`signed in as ${command.person}, protocol ${protocol}`);
  if (command.tool === undefined) {
    const { tools } = await client.listTools();
    for (const tool of tools) console.log(tool.name);
    return;
  }
  const result = await client.callTool({ name: command.tool, arguments: command.arguments });
  const content = Array.isArray(result.content) ? result.content : [];
  for (const block of content) console.log(isRecord(block) && 'text' in block ? block.text : block);
  if (result.isError) process.exitCode = 1;
}

/** Runs the program; a failure is one line on standard error and exit code 1. */
export async function main(run: (command: Command) => Promise<void>): Promise<void> {
  try {
    await run(readCommand(process.argv.slice(2)));
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}
