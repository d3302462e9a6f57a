import { Failure } from '../failure.ts';
import { type Check, type Finding, Found, fail, type Result, skip } from './check.ts';
import { explainSilence } from './explain-silence.ts';
import type { Visit } from './visit.ts';

async function examine(check: Check, visit: Visit): Promise<Finding> {
  try {
    return await check.examine(visit);
  } catch (error) {
    if (error instanceof Found) return error.finding;
    if (error instanceof Failure)
      return fail(
        error.message,
        'What stands on this step cannot be examined.',
        'Do what the message says, and run the command again.',
      );
    return explainSilence(error);
  }
}

const stops = ({ verdict }: Result) => verdict === 'fail' || verdict === 'skip';

/** What was not looked at keeps others from being looked at, for the same reason. */
const leftOut = ({ name, verdict, found }: Result): Finding =>
  skip(verdict === 'fail' ? `not examined: ${name} failed` : found);

/** Runs the checks in their order. One that stands on a check that failed or was left out is left out too. */
export async function runChecks(checks: readonly Check[], visit: Visit): Promise<Result[]> {
  const results = new Map<Check, Result>();
  for (const check of checks) {
    const stopped = (check.after ?? []).flatMap((each) => results.get(each) ?? []).find(stops);
    const finding = stopped ? leftOut(stopped) : await examine(check, visit);
    results.set(check, { name: check.name, ...finding });
  }
  return [...results.values()];
}
