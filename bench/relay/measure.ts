import { median, quantile } from '../statistics.ts';
import type { LoadProcess, ServerProcess } from './server-process.ts';

/** Something that answers MCP calls; `server` is the process whose CPU time counts. */
export interface Target {
  name: string;
  server: ServerProcess;
  path: string;
  tool: string;
  authorization?: string;
}

/** Milliseconds, but `rate` in calls per second. */
export interface Measurement {
  p50: number;
  p99: number;
  rate: number;
  cpu: number;
}

/** Calls of one round, by the number of clients. */
export const CALLS: ReadonlyMap<number, number> = new Map([
  [1, 200],
  [16, 640],
]);
const ROUNDS = 5;
const WARM_UP = 1500;

async function round(
  load: LoadProcess,
  target: Target,
  clients: number,
  calls: number,
): Promise<Measurement> {
  const { server, path, tool, authorization } = target;
  const before = await server.cpuMilliseconds();
  const url = `${server.origin}${path}`;
  const { latencies, elapsed } = await load.run({ url, tool, authorization, clients, calls });
  const cpu = (await server.cpuMilliseconds()) - before;
  return {
    p50: quantile(latencies, 0.5),
    p99: quantile(latencies, 0.99),
    rate: (calls * 1000) / elapsed,
    cpu: cpu / calls,
  };
}

const medianOf = (rounds: readonly Measurement[], member: keyof Measurement) =>
  median(rounds.map((each) => each[member]));

/** Lets every process compile what it runs often. */
export async function warmUp(load: LoadProcess, targets: readonly Target[]): Promise<void> {
  for (const target of targets) await round(load, target, 16, WARM_UP);
}

/**
 * Measures all targets with so many clients. Rounds of the targets take turns, so that whatever else the machine
 * does falls on all of them; the median round counts.
 */
export async function measure(
  load: LoadProcess,
  targets: readonly Target[],
  clients: number,
): Promise<Map<string, Measurement>> {
  const rounds = new Map<string, Measurement[]>(targets.map((target) => [target.name, []]));
  const calls = CALLS.get(clients) ?? 300;
  for (let count = 0; count < ROUNDS; count += 1) {
    for (const target of targets) rounds.get(target.name)?.push(await round(load, target, clients, calls));
  }
  return new Map(
    [...rounds].map(([name, all]) => [
      name,
      {
        p50: medianOf(all, 'p50'),
        p99: medianOf(all, 'p99'),
        rate: medianOf(all, 'rate'),
        cpu: medianOf(all, 'cpu'),
      },
    ]),
  );
}
