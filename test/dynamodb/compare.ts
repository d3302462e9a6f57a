/** What became of a test: `passed`, `failed`, `pending`, `todo`. */
export type Results = ReadonlyMap<string, string>;

/** A test that does something else on DynamoDB Local, and why that is right. */
export interface Difference {
  /** The file, ` > ` and the test's full name. */
  test: string;
  reason: string;
}

/** Why two runs of the same tests do not agree, a line each; none when they do. */
export function compare(
  embedded: Results,
  dynamodb: Results,
  differences: readonly Difference[] = [],
): readonly string[] {
  if (embedded.size === 0) return ['no test ran'];
  const known = new Set(differences.map(({ test }) => test));
  const tests = [...new Set([...embedded.keys(), ...dynamodb.keys()])];
  const faults = tests.flatMap((test) => {
    const [here, there] = [embedded.get(test) ?? 'not run', dynamodb.get(test) ?? 'not run'];
    if (here === there && here !== 'failed')
      return known.has(test) ? [`${test}: is listed as different, and is not`] : [];
    return known.has(test) && here === 'passed'
      ? []
      : [`${test}: ${here} on the embedded tables, ${there} on DynamoDB`];
  });
  const stale = differences.filter(({ test }) => !tests.includes(test));
  return [...faults, ...stale.map(({ test }) => `${test}: is listed as different, and does not exist`)];
}
