import { deepStrictEqual, match, ok, rejects } from 'node:assert/strict';
import type { Checks } from './checks.ts';
import { CommandLine } from './command-line.ts';
import { OWNER } from './configuration.ts';
import type { Emulator } from './emulator.ts';
import type { HrServer } from './hr-server.ts';
import { type ConnectedClient, connect } from './mcp-client.ts';
import { Person } from './person.ts';
import { auditOf } from './records.ts';
import type { DeployedStack } from './stack.ts';

export interface Deployed {
  emulator: Emulator;
  stack: DeployedStack;
  /** What people and clients connect to. */
  origin: string;
  /** Where the command line keeps its tokens. */
  folder: string;
  hr: HrServer;
}

/** Who is signed in at the end of the journey. */
export interface Journey {
  owner: CommandLine;
  client: ConnectedClient;
}

const TOOLS = ['hr__find_employee', 'hr__list_team', 'hr__org_chart', 'hr__request_time_off'];
const DENIED = /No policy of this portal allows you/;

/** Looks somebody up through the portal. */
export async function callTool(client: ConnectedClient): Promise<void> {
  match(JSON.stringify(await client.call('hr__find_employee', { query: 'Maya' })), /Maya Okafor/);
}

async function requireRecords(owner: CommandLine): Promise<void> {
  const records = await auditOf(owner);
  const call = records.find(({ type, tool }) => type === 'outcome' && tool === 'find_employee');
  deepStrictEqual(
    [call?.person?.email, call?.status, call?.decision?.allowed],
    ['alice@example.com', 'success', true],
  );
  const denial = records.find(({ type, status }) => type === 'authentication' && status === 'failure');
  deepStrictEqual(denial?.person?.email, 'mallory@elsewhere.example');
  match(denial?.reason ?? '', DENIED);
}

/** What an organisation does on its first day. */
export async function runJourney(checks: Checks, deployed: Deployed): Promise<Journey> {
  const { emulator, stack, origin, folder, hr } = deployed;
  const pool = stack.physicalId('AWS::Cognito::UserPool');
  const owner = new CommandLine(origin, folder);
  await checks.require('an owner signs in at the user pool, with the command line', async () => {
    match(await owner.login(await Person.create(OWNER, pool, emulator)), /as dana@example\.com \(owner\)/);
  });
  await checks.require('the owner applies a server, a policy and a portal', async () => {
    const applied = await owner.run('apply', '--file', hr.documents);
    ok(!applied.includes('could not be read'), applied);
  });
  const client = await checks.require('an MCP client finds its way, and somebody signs in', async () =>
    connect(origin, await Person.create('alice@example.com', pool, emulator)),
  );
  await checks.check('it lists the tools of the server', async () => {
    deepStrictEqual((await client.listTools()).toSorted(), TOOLS);
  });
  await checks.check('it calls a tool', () => callTool(client));
  await checks.check('somebody whom no policy allows is denied, and told why', async () => {
    const mallory = await Person.create('mallory@elsewhere.example', pool, emulator);
    await rejects(connect(origin, mallory), { message: DENIED });
  });
  await checks.check('the audit holds the call and the denial', () => requireRecords(owner));
  await checks.check('the API answers nobody who passes by the distribution', async () => {
    const api = stack.physicalId('AWS::ApiGateway::RestApi');
    const around = new URL(`/_aws/execute-api/${api}/main/.well-known/openid-configuration`, emulator.url);
    const headers = { 'x-sallyport-origin-secret': 'guessed', 'x-sallyport-viewer-address': '127.0.0.1' };
    deepStrictEqual((await fetch(around, { headers })).status, 403);
  });
  return { owner, client };
}
