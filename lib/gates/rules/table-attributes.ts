import type { Rule, Violation } from '../rule.ts';
import { at, ofType, type Resource, written } from '../template.ts';

const KEYS = [
  'KeySchema.*.AttributeName',
  'GlobalSecondaryIndexes.*.KeySchema.*.AttributeName',
  'LocalSecondaryIndexes.*.KeySchema.*.AttributeName',
];

function* check(logicalId: string, { Properties }: Resource): Generator<Violation> {
  const definitions = at(Properties, 'AttributeDefinitions.*.AttributeName');
  const defined = new Set(definitions.map(({ value }) => written(value)));
  const keys = KEYS.flatMap((path) => at(Properties, path));
  const used = new Set(keys.map(({ value }) => written(value)));
  for (const { location, value } of keys) {
    if (!defined.has(written(value)))
      yield { logicalId, location, message: `${written(value)} is not in AttributeDefinitions: define it.` };
  }
  for (const { location, value } of definitions) {
    if (!used.has(written(value)))
      yield {
        logicalId,
        location,
        message: `${written(value)} is no key of the table or an index: leave it out.`,
      };
  }
}

/** DynamoDB refuses a table whose keys and attribute definitions are not the same. */
export const tableAttributes: Rule = {
  id: 'table-attributes',
  description: 'Attribute definitions of a table are exactly the keys of the table and its indexes',
  check: (template) =>
    ofType(template, 'AWS::DynamoDB::Table', 'AWS::DynamoDB::GlobalTable').flatMap(([id, table]) => [
      ...check(id, table),
    ]),
};
