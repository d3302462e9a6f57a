import { Table } from '../lambdas/shared/table.ts';
import { BenchDeployment } from './relay/deployment.ts';
import { CALLS, type Measurement, measure, type Target, warmUp } from './relay/measure.ts';
import { findRecordedItems } from './relay/recorded-items.ts';
import { LoadProcess, ServerProcess } from './relay/server-process.ts';
import { table } from './statistics.ts';

/** The goal for the portal's CPU per call, in multiples of the baseline's. */
const GOAL = 1.5;
const TOOLS = ['read', 'write'] as const;
const DESCRIPTIONS: Record<(typeof TOOLS)[number], string> = {
  read: 'a tool reviewed as read-only: one audit write',
  write: 'a state-changing tool: two audit writes, one before the call',
};

const milliseconds = (value: number) => value.toFixed(2);

/** Prints a table; returns the portal's CPU time in multiples of the baseline's. */
function report(clients: number, found: ReadonlyMap<string, Measurement>): number {
  const direct = found.get('direct');
  const baseline = found.get('(b) audited proxy');
  const portal = found.get('(c) portal');
  if (!direct || !baseline || !portal) throw new Error('The benchmark lacks a measurement.');
  const rows = [...found].map(([name, each]) => [
    name,
    milliseconds(each.p50 - direct.p50),
    milliseconds(each.p99 - direct.p99),
    each.rate.toFixed(0),
    milliseconds(each.cpu),
    (each.cpu / baseline.cpu).toFixed(2),
  ]);
  console.log(`\n${clients} client${clients === 1 ? '' : 's'}, ${CALLS.get(clients)} calls a round`);
  console.log(table([['', 'added p50 ms', 'added p99 ms', 'calls/s', 'CPU ms/call', 'x (b)'], ...rows]));
  return portal.cpu / baseline.cpu;
}

const upstream = await ServerProcess.start('upstream.ts', {});
const deployment = await BenchDeployment.start(`${upstream.origin}/mcp`);
const environment = deployment.environmentOf('portal-relay');
const authorization = `Bearer ${deployment.token}`;
const load = new LoadProcess();
const servers = [upstream];

async function start(script: string, variables: Record<string, string>): Promise<ServerProcess> {
  const server = await ServerProcess.start(script, { ...environment, ...variables });
  servers.push(server);
  return server;
}

/** What the portal itself writes for a call of each tool, as JSON. */
async function recordCalls(portal: ServerProcess): Promise<string> {
  Object.assign(process.env, deployment.environmentOf('admin-api'));
  const audit = new Table(environment.AUDIT_TABLE ?? '');
  const recorded: Record<string, unknown> = {};
  for (const tool of TOOLS) {
    const url = `${portal.origin}/mcp`;
    await load.run({ url, tool: `bench__${tool}`, authorization, clients: 1, calls: 1 });
    recorded[tool] = await findRecordedItems(audit, tool);
  }
  return JSON.stringify(recorded);
}

async function run(): Promise<string> {
  const portal = await start('portal.ts', { HANDLER: deployment.bundleOf('portal-relay') });
  const raw = await start('proxy.ts', { UPSTREAM: upstream.origin });
  const recorded = { UPSTREAM: upstream.origin, RECORDED_ITEMS: await recordCalls(portal) };
  const audited = await start('audited-proxy.ts', recorded);
  const ratios: number[] = [];
  const details: string[] = [];
  for (const tool of TOOLS) {
    const path = '/mcp';
    const targets: Target[] = [
      { name: 'direct', server: upstream, path, tool },
      { name: '(a) raw proxy', server: raw, path, tool },
      { name: '(b) audited proxy', server: audited, path, tool },
      { name: '(c) portal', server: portal, path, tool: `bench__${tool}`, authorization },
    ];
    console.log(`\n${DESCRIPTIONS[tool]}`);
    await warmUp(load, targets);
    for (const clients of CALLS.keys()) {
      const ratio = report(clients, await measure(load, targets, clients));
      ratios.push(ratio);
      details.push(`${tool} with ${clients}: ${ratio.toFixed(2)}`);
    }
  }
  const worst = Math.max(...ratios).toFixed(2);
  return `relay: at most ${worst} x the audited proxy's CPU per call (${details.join(', ')}); goal ${GOAL}`;
}

try {
  console.log(`\n${await run()}`);
} finally {
  for (const process of [...servers, load]) process.stop();
  await deployment.stop();
}
