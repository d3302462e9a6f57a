import { isObject, type Json, type JsonObject, listOf, written } from './template.ts';

/**
 * What a statement of a firewall rule says about requests to one path: that it matches, that it does not, that it
 * depends on who asks and how (address, country, headers, rate), or that it may depend on the content (body, query,
 * arguments, cookies, size).
 */
export type Outcome = 'match' | 'no-match' | 'asker' | 'content';

/** Managed rule groups of AWS that look at the address alone. */
const ADDRESS_GROUPS = ['AWSManagedRulesAmazonIpReputationList'];
/** Where labels come from that tell of the address alone. */
const ADDRESS_LABELS = 'awswaf:managed:aws:amazon-ip-list:';

type Judge = (statement: JsonObject, path: string) => Outcome;

const asker: Judge = () => 'asker';

const JUDGES: Readonly<Record<string, Judge>> = {
  AndStatement: ({ Statements }, path) => every(listOf(Statements), path),
  AsnMatchStatement: asker,
  ByteMatchStatement: judgeBytes,
  GeoMatchStatement: asker,
  IPSetReferenceStatement: asker,
  LabelMatchStatement: ({ Key }) => (written(Key).startsWith(ADDRESS_LABELS) ? 'asker' : 'content'),
  ManagedRuleGroupStatement: ({ Name, ScopeDownStatement }, path) =>
    both(
      judgeStatement(ScopeDownStatement, path, 'match'),
      ADDRESS_GROUPS.includes(written(Name)) ? 'asker' : 'content',
    ),
  NotStatement: ({ Statement }, path) => negate(judgeStatement(Statement, path, 'content')),
  OrStatement: ({ Statements }, path) =>
    negate(every(listOf(Statements), path, (outcome) => negate(outcome))),
  RateBasedStatement: ({ ScopeDownStatement }, path) =>
    both(judgeStatement(ScopeDownStatement, path, 'match'), 'asker'),
  RegexMatchStatement: judgeExpression,
};

/**
 * What a statement says about requests to a path. A kind that is not known may depend on the content.
 * @param absent what no statement means.
 */
export function judgeStatement(statement: Json | undefined, path: string, absent: Outcome): Outcome {
  if (statement === undefined) return absent;
  const [kind = '', body] = (isObject(statement) ? Object.entries(statement)[0] : undefined) ?? [];
  const judge = JUDGES[kind];
  return judge && isObject(body) ? judge(body, path) : 'content';
}

const negate = (outcome: Outcome): Outcome =>
  outcome === 'match' ? 'no-match' : outcome === 'no-match' ? 'match' : outcome;

const both = (one: Outcome, other: Outcome): Outcome =>
  (['no-match', 'content', 'asker'] as const).find((outcome) => outcome === one || outcome === other) ??
  'match';

const every = (
  statements: readonly Json[],
  path: string,
  change = (outcome: Outcome): Outcome => outcome,
): Outcome => statements.map((each) => change(judgeStatement(each, path, 'content'))).reduce(both, 'match');

const POSITIONS: Readonly<Record<string, (path: string, text: string) => boolean>> = {
  CONTAINS: (path, text) => path.includes(text),
  ENDS_WITH: (path, text) => path.endsWith(text),
  EXACTLY: (path, text) => path === text,
  STARTS_WITH: (path, text) => path.startsWith(text),
};

function judgeBytes(statement: JsonObject, path: string): Outcome {
  const field = fieldOf(statement);
  const test = POSITIONS[written(statement.PositionalConstraint)];
  const { SearchString } = statement;
  if (field !== 'UriPath' || !test || typeof SearchString !== 'string') return withoutPath(field);
  return test(path, SearchString) ? 'match' : 'no-match';
}

function judgeExpression(statement: JsonObject, path: string): Outcome {
  const field = fieldOf(statement);
  const { RegexString } = statement;
  if (field !== 'UriPath' || typeof RegexString !== 'string') return withoutPath(field);
  const expression = compiled(RegexString);
  if (!expression) return 'content';
  return expression.test(path) ? 'match' : 'no-match';
}

/** Undefined for what WAF's dialect has and JavaScript's has not. */
function compiled(expression: string): RegExp | undefined {
  try {
    return new RegExp(expression);
  } catch {
    return undefined;
  }
}

const fieldOf = ({ FieldToMatch }: JsonObject): string =>
  (isObject(FieldToMatch) ? Object.keys(FieldToMatch)[0] : undefined) ?? '';

/** A header by name and the method say how somebody asks; everything else may be content. */
const withoutPath = (field: string): Outcome =>
  field === 'SingleHeader' || field === 'Method' ? 'asker' : 'content';
