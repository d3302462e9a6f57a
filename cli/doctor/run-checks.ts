import { Failure } from '../failure.ts';
import { type Check, type Examined, Found, fail, type Result, skip } from './check.ts';
import { explainSilence } from './explain-silence.ts';
import type { Visit } from './visit.ts';

async function examine(check: Check, visit: Visit): Promise<Examined> {
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

/** Why what stands on this check is left out; undefined when it is not. */
function endOf({ name }: Check, { verdict, found, noWayOn }: Examined): string | undefined {
  if (verdict === 'fail') return `not examined: ${name} failed`;
  return verdict === 'skip' ? found : noWayOn;
}

/** Runs the checks in their order. One that stands on a check that leaves no way on is left out, for the same reason. */
export async function runChecks(checks: readonly Check[], visit: Visit): Promise<Result[]> {
  const ends = new Map<Check, string>();
  const results: Result[] = [];
  for (const check of checks) {
    const end = check.after?.flatMap((each) => ends.get(each) ?? []).at(0);
    const examined = end === undefined ? await examine(check, visit) : skip(end);
    const after = endOf(check, examined);
    if (after !== undefined) ends.set(check, after);
    const { verdict, found, why, whatToDo } = examined;
    results.push({ name: check.name, verdict, found, why, whatToDo });
  }
  return results;
}
