import type { NamedPolicy, PersonSubject } from '../lambdas/policy/decision.ts';
import { policySpec } from '../lambdas/shared/documents/policy.ts';
import { cedar, type Decide, jsonRules, ours, reference } from './policy/engines.ts';
import { quantile, table } from './statistics.ts';

/** The goal for the median of one decision at 100 policies, in microseconds. */
const GOAL = 15;
const AT = [10, 100, 1_000];
const LEAST_RUNS = 30;
const MOST_MS = 2_000;

/** A mix of selectors, of which the last policy alone lets the person in. */
function policiesOf(count: number): NamedPolicy[] {
  return Array.from({ length: count }, (_, index) => {
    const last = index === count - 1;
    const include = [
      { email: `user${index}@example.com` },
      { emailDomain: `domain${index}.example` },
      { group: last ? 'engineering' : `group${index}` },
    ];
    const require = last || index % 2 === 0 ? [{ country: 'DE' }] : [];
    const action = !last && index % 5 === 0 ? 'block' : 'allow';
    return { id: `policy${index}`, spec: policySpec.parse({ action, include, require }) };
  });
}

const person: PersonSubject = {
  email: 'alice@corp.example',
  groups: ['engineering', 'lyon', 'staff'],
  country: 'DE',
  ip: '192.0.2.7',
};

/** Microseconds of each decision, after a warm-up. */
async function measure(decide: Decide): Promise<number[]> {
  for (let run = 0; run < LEAST_RUNS; run++)
    if (!(await decide(person))) throw new Error('An engine decides otherwise.');
  const times: number[] = [];
  const end = performance.now() + MOST_MS;
  while (times.length < LEAST_RUNS || performance.now() < end) {
    const started = process.hrtime.bigint();
    const decided = decide(person);
    if (decided instanceof Promise) await decided;
    times.push(Number(process.hrtime.bigint() - started) / 1_000);
  }
  return times;
}

const engines = {
  'this evaluator': ours,
  'reference evaluator': reference,
  'json-rules-engine': jsonRules,
  Cedar: cedar,
};

let atGoal = Number.NaN;
for (const count of AT) {
  const policies = policiesOf(count);
  const rows: string[][] = [[`${count} policies`, 'p50 µs', 'p95 µs', 'x']];
  let own = Number.NaN;
  for (const [name, engine] of Object.entries(engines)) {
    const times = await measure(engine(policies));
    const p50 = quantile(times, 0.5);
    if (engine === ours) own = p50;
    rows.push([name, p50.toFixed(1), quantile(times, 0.95).toFixed(1), (p50 / own).toFixed(1)]);
  }
  if (count === 100) atGoal = own;
  process.stdout.write(`${table(rows)}\n\n`);
}
process.stdout.write(`policy: p50 ${atGoal.toFixed(1)} µs at 100 policies, with the trace; goal ${GOAL}\n`);
