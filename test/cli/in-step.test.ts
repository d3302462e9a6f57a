import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Command } from 'commander';
import { createProgram } from '../../cli/program.ts';
import { describeApi } from '../../lambdas/admin/openapi.ts';
import { routes, routesAt } from '../../lambdas/admin/routes.ts';
import { kindNames, kinds } from '../../lambdas/shared/documents/kinds.ts';

/** Operations without a command, and why. */
const API_ONLY: Record<string, string> = {
  readOpenapi: 'for programs that generate clients',
  readHealth: 'doctor reads it once it has signed in: the command is tried at a running deployment',
  ...Object.fromEntries(
    kindNames.map((kind) => [`put${kind}`, 'apply does it for one document as for many']),
  ),
};

/** Commands that speak OAuth and not the admin API, and why. */
const OAUTH_ONLY: Record<string, string> = {
  'sallyport login': 'signs in; its only API call is that of whoami',
  'sallyport logout': 'revokes tokens; everywhere is what session revoke does',
  'sallyport token': 'is for the portal',
  'sallyport doctor': 'signs in anew, and examines more than the admin API',
};

/** How each command is tried; `FILE` is a file with a document. */
const TRIED: Record<string, string[]> = {
  'sallyport whoami': ['whoami'],
  'sallyport apply': ['apply -f FILE'],
  'sallyport get': kindNames.flatMap((kind) => [
    `get ${kinds[kind].plural}`,
    `get ${kinds[kind].singular} some-id`,
  ]),
  'sallyport delete': kindNames.map((kind) => `delete ${kinds[kind].singular} some-id`),
  'sallyport sync server': ['sync server some-id'],
  'sallyport session list': ['session list --mine', 'session list --person a@example.com --limit 5'],
  'sallyport session revoke': ['session revoke s_1', 'session revoke --mine'],
  'sallyport client list': ['client list', 'client list --status held --limit 5'],
  'sallyport client approve': ['client approve client-1'],
  'sallyport client deny': ['client deny client-1'],
  'sallyport service-token rotate': ['service-token rotate some-id --keep-previous 2'],
  'sallyport service-token revoke': ['service-token revoke some-id'],
  'sallyport policy test': [
    'policy test --person a@example.com --server hr --tool find --args {} --at 2026-11-02T09:00:00Z',
  ],
  'sallyport policy who': ['policy who --server hr --allowed'],
  'sallyport policy diff': ['policy diff FILE', 'policy diff --from FILE --to FILE'],
  'sallyport device list': ['device list --person a@example.com'],
  'sallyport device report': ['device report JSON'],
  'sallyport device delete': ['device delete laptop --person a@example.com'],
  'sallyport person risk': [
    'person risk a@example.com',
    'person risk a@example.com high --reason lost --for 12h',
  ],
  'sallyport approval list': ['approval list'],
  'sallyport approval approve': ['approval approve some-id --for 1h'],
  'sallyport approval deny': ['approval deny some-id'],
  'sallyport audit list': ['audit list --since 1h --person a@example.com --tool t --limit 5'],
};

const nameOf = (command: Command): string =>
  command.parent ? `${nameOf(command.parent)} ${command.name()}` : command.name();
const leaves = (command: Command): Command[] =>
  command.commands.length === 0 ? [command] : command.commands.flatMap(leaves);

const commands = leaves(createProgram());
const reached = new Set<string>();
const ANSWER = {
  email: 'a@example.com',
  policy: 'some-id',
  clientId: 'service-some-id',
  secret: 'secret',
  expiresAt: '2026-11-02T09:00:00.000Z',
  previousExpiresAt: null,
  items: [],
  next: null,
  results: [],
  status: { era: 'modern', tools: 0, prompts: 0, resources: 0 },
  ended: { sessions: [], grants: [] },
  client: 'client-1',
  hosts: [],
  who: { email: 'a@example.com' },
  target: { portal: 'default' },
  decision: { allowed: true, outcome: 'allowed', reason: 'Allowed.' },
  trace: [],
  change: [],
  changes: [],
  subjects: 0,
  warnings: [],
  notes: [],
};

let folder: string;
const server = createServer((request, response) => {
  const { pathname } = new URL(request.url ?? '/', 'http://127.0.0.1');
  const route = routesAt(pathname).routes.find(({ method }) => method === request.method);
  reached.add(route?.operation ?? `nothing at ${request.method} ${pathname}`);
  request.resume();
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(ANSWER));
});

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sallyport-step-'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
  const token = { accessToken: 'token', expiresAt: 9_999_999_999 };
  await writeFile(join(folder, 'tokens.json'), JSON.stringify({ [url]: { [`${url}/api/v1`]: token } }));
  await writeFile(join(folder, 'document.yaml'), 'kind: Policy\n');
  await writeFile(join(folder, 'devices.json'), '[]');
  Object.assign(process.env, { SALLYPORT_URL: url, SALLYPORT_CONFIG_DIR: folder });
  jest.spyOn(process.stdout, 'write').mockReturnValue(true);
  jest.spyOn(process.stderr, 'write').mockReturnValue(true);
});
afterAll(async () => {
  jest.restoreAllMocks();
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true });
});

describe('the command line and the admin API', () => {
  it('have an entry in this table for each command', () => {
    expect([...Object.keys(TRIED), ...Object.keys(OAUTH_ONLY)].toSorted()).toEqual(
      commands.map(nameOf).toSorted(),
    );
  });

  it('reach each other: every operation has a command, or a reason to have none', async () => {
    for (const line of Object.values(TRIED).flat()) {
      const words = line
        .replaceAll('FILE', join(folder, 'document.yaml'))
        .replace('JSON', join(folder, 'devices.json'))
        .split(' ');
      await createProgram().parseAsync(words, { from: 'user' });
    }
    const operations = routes.map(({ operation }) => operation);
    expect([...reached, ...Object.keys(API_ONLY)].toSorted()).toEqual(operations.toSorted());
  });
});

describe.each(kindNames)('the kind %s', (kind) => {
  const { plural, singular } = kinds[kind];
  const { paths } = describeApi(routes) as { paths: Record<string, object> };

  it('is read, replaced and deleted by the API, and applied', () => {
    expect(Object.keys(paths[`/api/v1/${plural}`] ?? {})).toEqual(['get']);
    expect(Object.keys(paths[`/api/v1/${plural}/{id}`] ?? {})).toEqual(['get', 'put', 'delete']);
    expect(paths).toHaveProperty(['/api/v1/apply']);
  });

  it('is named in the help of get and delete', () => {
    for (const name of ['sallyport get', 'sallyport delete']) {
      expect(commands.find((command) => nameOf(command) === name)?.helpInformation()).toContain(plural);
    }
    expect(plural).not.toBe(singular);
  });
});

describe.each(commands.map((command) => [nameOf(command), command] as const))('%s', (_name, command) => {
  it('says what it does, and what each option and argument is', () => {
    expect(command.description()).not.toBe('');
    for (const option of command.options) expect(option.description).not.toBe('');
    for (const argument of command.registeredArguments) expect(argument.description).not.toBe('');
    expect(command.helpInformation()).toContain('--output');
  });
});
