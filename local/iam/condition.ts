import { pattern } from './pattern.ts';

/** The values of the condition keys of one request; a key that does not apply is absent. */
export type ConditionKeys = Readonly<Record<string, readonly string[]>>;
type Condition = (keys: ConditionKeys) => boolean;

const KEYS = [/^dynamodb:LeadingKeys$/, /^kms:EncryptionContext:.+$/, /^kms:ViaService$/];

/** Each operator turns the policy's value into a test of one request value. */
const OPERATORS = new Map<string, (text: string) => (value: string) => boolean>([
  ['StringEquals', (text) => (value) => value === text],
  ['StringLike', (text) => pattern(text)],
]);

/**
 * Compiles a statement's Condition element.
 * @throws Error for an operator or key that is not evaluated here: guessing would allow what AWS denies.
 */
export function compileConditions(element: Readonly<Record<string, Record<string, string[]>>>): Condition {
  const conditions = Object.entries(element).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, values]) => compileOne(operator, key, values)),
  );
  return (request) => conditions.every((condition) => condition(request));
}

function compileOne(operator: string, key: string, texts: readonly string[]): Condition {
  const [quantifier, name] = operator.includes(':') ? operator.split(':', 2) : [undefined, operator];
  const compile = OPERATORS.get(name ?? '');
  if (!compile || (quantifier !== undefined && quantifier !== 'ForAllValues'))
    throw new Error(`The IAM condition operator ${operator} is not evaluated in the embedded cloud.`);
  if (!KEYS.some((known) => known.test(key)))
    throw new Error(`The IAM condition key ${key} is not evaluated in the embedded cloud.`);
  const tests = texts.map(compile);
  const matches = (value: string) => tests.some((test) => test(value));
  if (quantifier === 'ForAllValues') return (request) => (request[key] ?? []).every(matches);
  return (request) => {
    const values = request[key];
    return values?.length === 1 && values.every(matches);
  };
}
