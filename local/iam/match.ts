import { compileConditions } from './condition.ts';
import { type PolicyDocument, policyDocument, type Statement } from './document.ts';
import type { AccessRequest } from './evaluate.ts';
import { pattern } from './pattern.ts';

/** What of an Allow statement let a request pass, each element as the statement writes it. */
export interface Match {
  actions: readonly string[];
  resources: readonly string[];
  /** By condition key, such as the patterns of `dynamodb:LeadingKeys`. */
  conditions: Readonly<Record<string, readonly string[]>>;
}

/** The condition keys of a statement with their values, over all operators. */
export function conditionsOf({ Condition = {} }: Statement): Record<string, string[]> {
  const conditions: Record<string, string[]> = {};
  for (const keys of Object.values(Condition)) {
    for (const [key, values] of Object.entries(keys))
      conditions[key] = [...(conditions[key] ?? []), ...values];
  }
  return conditions;
}

/** Compiles the policies of a role into what finds the statements that allow a request, and by which elements. */
export function compileMatches(
  policies: readonly PolicyDocument[],
): (request: AccessRequest) => readonly Match[] {
  const statements = policies
    .flatMap((policy) => policyDocument.parse(policy).Statement)
    .filter(({ Effect }) => Effect === 'Allow')
    .map(compileMatch);
  return (request) => statements.flatMap((match) => match(request) ?? []);
}

type Matching = (values: readonly string[]) => string[];

/** Which of the patterns match any of some values. */
function compile(texts: readonly string[], options: { ignoreCase?: boolean } = {}): Matching {
  const tests = texts.map((text) => ({ text, matches: pattern(text, options) }));
  return (values) => tests.filter(({ matches }) => values.some(matches)).map(({ text }) => text);
}

function compileMatch(statement: Statement): (request: AccessRequest) => Match | undefined {
  const actionsMatching = compile(statement.Action, { ignoreCase: true });
  const resourcesMatching = compile(statement.Resource);
  const conditions = Object.entries(conditionsOf(statement)).map(([key, values]): [string, Matching] => [
    key,
    compile(values),
  ]);
  const holds = compileConditions(statement.Condition ?? {});
  return ({ action, resource, conditionKeys }) => {
    const [actions, resources] = [actionsMatching([action]), resourcesMatching([resource])];
    if (actions.length === 0 || resources.length === 0 || !holds(conditionKeys)) return undefined;
    const used = conditions.map(([key, matching]) => [key, matching(conditionKeys[key] ?? [])]);
    return { actions, resources, conditions: Object.fromEntries(used) };
  };
}
