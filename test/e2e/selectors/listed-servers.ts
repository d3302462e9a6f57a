import { setTimeout as sleep } from 'node:timers/promises';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import * as z from 'zod';
import { runCommand } from '../../cli/run.ts';
import type { TestCloud } from '../../fixtures/cloud.ts';
import { Connection } from '../connection.ts';

/** Rules of an allow policy that let somebody in, and rules that do not. */
export interface Rules {
  passes: object;
  fails: object;
}

const document = (kind: string, id: string, spec: object) => ({
  apiVersion: 'sallyport/v1',
  kind,
  metadata: { id },
  spec,
});

const serverSpec = z.object({ spec: z.looseObject({ url: z.string() }) });
const portalSpec = z.object({
  spec: z.looseObject({ servers: z.array(z.string()), policies: z.array(z.string()) }),
});

/** A running deployment whose owner is signed in at the command line. */
export class Owner {
  readonly #cloud: TestCloud;
  readonly #folder: string;

  constructor(cloud: TestCloud, folder: string) {
    this.#cloud = cloud;
    this.#folder = folder;
  }

  /** @throws Error with what the command said. */
  async run(args: string, input = ''): Promise<string> {
    const environment = { SALLYPORT_URL: this.#cloud.origin, SALLYPORT_CONFIG_DIR: this.#folder };
    const { code, out, err } = await runCommand(args.split(' '), environment, input);
    if (code !== 0) throw new Error(err);
    return out;
  }

  apply(documents: readonly object[]): Promise<string> {
    return this.run('apply -f -', documents.map((one) => JSON.stringify(one)).join('\n---\n'));
  }

  /**
   * Puts the HR directory into the portal once for each rule, under a slug that says what should become of it:
   * `pass0` and `fail0` for the first, and so on.
   */
  async applyRules(rules: readonly Rules[], more: readonly object[] = []): Promise<void> {
    if (more.length > 0) await this.apply(more);
    const { url } = serverSpec.parse(JSON.parse(await this.run('get server hr -o json'))).spec;
    const ids = rules.flatMap((_, index) => [`pass${index}`, `fail${index}`]);
    const policies = rules.flatMap(({ passes, fails }, index) => [
      document('Policy', `pass${index}`, { action: 'allow', ...passes }),
      document('Policy', `fail${index}`, { action: 'allow', ...fails }),
    ]);
    await this.apply(policies);
    await this.apply(ids.map((id) => document('Server', id, { title: id, slug: id, url, policies: [id] })));
    const { spec } = portalSpec.parse(JSON.parse(await this.run('get portal default -o json')));
    await this.apply([document('Portal', 'default', { ...spec, servers: [...spec.servers, ...ids] })]);
  }
}

/** The slugs of the servers whose tools a real client lists. */
export async function listedSlugs(client: Client): Promise<Set<string>> {
  // Clients keep lists for a minute.
  const { tools } = await client.listTools(undefined, { cacheMode: 'bypass' });
  return new Set(tools.map(({ name }) => name.split('__')[0] ?? ''));
}

/** An MCP client with a token of its own. */
export async function connectWith(cloud: TestCloud, token: string): Promise<Client> {
  const client = new Client({ name: 'selectors', version: '1' }, { versionNegotiation: { mode: 'auto' } });
  const authProvider = { token: async () => token };
  await client.connect(new StreamableHTTPClientTransport(new URL(cloud.mcpUrl), { authProvider }));
  return client;
}

/** An MCP client with which somebody has signed in. */
export async function connectAs(cloud: TestCloud, person: string): Promise<Client> {
  const { access_token: token } = await (await Connection.register(cloud.origin)).signIn(person);
  return connectWith(cloud, token);
}

/** Until the change of policies holds, which it does within 15 seconds. */
export async function listedWith(client: Client, slug: string): Promise<Set<string>> {
  for (const deadline = Date.now() + 30_000; ; ) {
    const listed = await listedSlugs(client);
    if (listed.has(slug) || Date.now() > deadline) return listed;
    await sleep(1_000);
  }
}
