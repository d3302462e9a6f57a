import { Table } from '../lambdas/shared/table.ts';
import { BenchDeployment } from './relay/deployment.ts';
import { CALLS, type Measurement, measure, type Target } from './relay/measure.ts';
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

function report(clients: number, found: ReadonlyMap<string, Measurement>): void {
  const direct = found.get('direct');
  const baseline = found.get('(b) audited proxy');
  if (!direct || !baseline) throw new Error('The benchmark lacks a measurement.');
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
}

const upstream = await ServerProcess.start('upstream.ts', {});
const deployment = await BenchDeployment.start(`${upstream.origin}/mcp`);
const load = new LoadProcess();
const environment = deployment.environmentOf('portal-relay');
const handler = deployment.bundleOf('portal-relay');
const portal = await ServerProcess.start('portal.ts', { ...environment, HANDLER: handler });
const authorization = `Bearer ${deployment.token}`;

Object.assign(process.env, deployment.environmentOf('admin-api'));
const audit = new Table(environment.AUDIT_TABLE ?? '');
const recorded: Record<string, unknown> = {};
for (const tool of TOOLS) {
  const url = `${portal.origin}/mcp`;
  await load.run({ url, tool: `bench__${tool}`, authorization, clients: 1, calls: 1 });
  recorded[tool] = await findRecordedItems(audit, tool);
}

const servers = {
  raw: await ServerProcess.start('proxy.ts', { UPSTREAM: upstream.origin }),
  audited: await ServerProcess.start('audited-proxy.ts', {
    ...environment,
    UPSTREAM: upstream.origin,
    RECORDED_ITEMS: JSON.stringify(recorded),
  }),
};

const ratios: string[] = [];
for (const tool of TOOLS) {
  const targets: Target[] = [
    { name: 'direct', server: upstream, path: '/mcp', tool },
    { name: '(a) raw proxy', server: servers.raw, path: '/mcp', tool },
    { name: '(b) audited proxy', server: servers.audited, path: '/mcp', tool },
    { name: '(c) portal', server: portal, path: '/mcp', tool: `bench__${tool}`, authorization },
  ];
  console.log(`\n${DESCRIPTIONS[tool]}`);
  for (const clients of CALLS.keys()) {
    const found = await measure(load, targets, clients);
    report(clients, found);
    const ours = found.get('(c) portal')?.cpu ?? Number.NaN;
    const baseline = found.get('(b) audited proxy')?.cpu ?? Number.NaN;
    ratios.push(`${(ours / baseline).toFixed(2)} (${tool}, ${clients} client${clients === 1 ? '' : 's'})`);
  }
}
for (const process of [portal, servers.raw, servers.audited, upstream, load]) process.stop();
await deployment.stop();
console.log(
  `\nrelay: CPU per call in multiples of the audited proxy's: ${ratios.join(', ')}; the goal is ${GOAL}`,
);
