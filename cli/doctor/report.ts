import { printable, renderTable } from '../table.ts';
import type { Result, Verdict } from './check.ts';

const count = (results: readonly Result[], verdict: Verdict) =>
  results.filter((result) => result.verdict === verdict).length;

/** What happened, in one sentence. */
function summaryOf(results: readonly Result[]): string {
  const [passed, failed, warned, skipped] = (['pass', 'fail', 'warn', 'skip'] as const).map((verdict) =>
    count(results, verdict),
  );
  return `${passed} passed, ${failed} failed, ${warned} to look at, ${skipped} not examined.`;
}

/** A table of all checks, then each that needs somebody, with why it matters and what to do. */
export function renderReport(results: readonly Result[]): string {
  const table = renderTable(
    ['CHECK', 'RESULT', 'FOUND'],
    results.map(({ name, verdict, found }) => [name, verdict, found]),
  );
  const details = results
    .filter(({ verdict }) => verdict === 'fail' || verdict === 'warn')
    .map(
      ({ name, verdict, found, why, whatToDo }) =>
        `${verdict.toUpperCase()} ${name}: ${printable(found)}\n  why: ${printable(why ?? '')}\n  do:  ${printable(whatToDo ?? '')}\n`,
    );
  return [table, ...details, `${summaryOf(results)}\n`].join('\n');
}
