import * as z from 'zod';

/** What the suite says about one scenario. */
export type Checks = readonly { id: string; status: string }[];

const reason = z.string().min(20);
/** Why a scenario is expected to fail; with the checks that may, where the others must not. */
const failure = z.union([reason, z.strictObject({ checks: z.array(z.string()).min(1), reason })]);
const expectation = z.strictObject({
  failures: z.record(z.string(), failure).default({}),
  /** Advice of the suite that is not followed; it does not count against a scenario. */
  warnings: z.record(z.string(), reason).default({}),
});

/** `expected.yml`: by the name of a requirement set, what is known not to pass. */
export const expectedFile = z.record(z.string(), expectation);
export type Expectation = z.output<typeof expectation>;

export interface Verdict {
  passed: number;
  required: number;
  /** Whatever is not as expected, for people. */
  surprises: readonly string[];
}

const idsOf = (checks: Checks, status: string): string[] => [
  ...new Set(checks.filter((check) => check.status === status).map(({ id }) => id)),
];

/** A scenario without a result, or all of whose checks were skipped, did not pass. */
const ran = (checks: Checks | undefined): checks is Checks =>
  checks?.some(({ status }) => status !== 'SKIPPED') ?? false;

const passes = (checks: Checks | undefined): boolean =>
  ran(checks) && checks.every(({ status }) => status !== 'FAILURE');

function surpriseOf(
  scenario: string,
  checks: Checks | undefined,
  { failures, warnings }: Expectation,
): string | undefined {
  const expected = failures[scenario];
  if (!ran(checks)) return `${scenario} was not run`;
  if (passes(checks)) {
    if (expected !== undefined) return `${scenario} passes, although it is expected to fail`;
    const warned = idsOf(checks, 'WARNING');
    if (warned.length > 0 && warnings[scenario] === undefined)
      return `${scenario} warns: ${warned.join(', ')}`;
    if (warned.length === 0 && warnings[scenario] !== undefined)
      return `${scenario} is expected to warn, and does not`;
    return undefined;
  }
  const failed = idsOf(checks, 'FAILURE');
  if (expected === undefined) return `${scenario} fails: ${failed.join(', ')}`;
  if (typeof expected === 'string') return undefined;
  const known = new Set(expected.checks);
  const others = failed.filter((id) => !known.has(id));
  if (others.length > 0) return `${scenario} fails in more than is expected: ${others.join(', ')}`;
  const passing = expected.checks.filter((id) => !failed.includes(id));
  return passing.length > 0
    ? `${scenario} passes in what is expected to fail: ${passing.join(', ')}`
    : undefined;
}

/** Compares results with what is expected: a regression is a surprise, and so is an unexpected pass. */
export function judge(
  required: readonly string[],
  results: ReadonlyMap<string, Checks>,
  expected: Expectation = { failures: {}, warnings: {} },
): Verdict {
  const stale = [...Object.keys(expected.failures), ...Object.keys(expected.warnings)].filter(
    (scenario) => !required.includes(scenario),
  );
  return {
    passed: required.filter((scenario) => passes(results.get(scenario))).length,
    required: required.length,
    surprises: [
      ...required.flatMap((scenario) => surpriseOf(scenario, results.get(scenario), expected) ?? []),
      ...stale.map((scenario) => `${scenario} is expected, but not part of the set`),
    ],
  };
}
