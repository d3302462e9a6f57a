import { ARN_PROPERTIES, INVOCATION_PROPERTIES } from '../arn-properties.ts';
import { FUNCTION, isOneOf, type Kind } from '../kinds.ts';
import { invokedBy, nameOf, type Referent, referentOf } from '../referent.ts';
import type { Rule, Violation } from '../rule.ts';
import { at, type Json, type Resource, type Template } from '../template.ts';

type Find = (value: Json, template: Template) => Referent | undefined;

/** A reference of the wrong type is noticed by the service alone, in the middle of a deployment or after it. */
export const arnType: Rule = {
  id: 'arn-type',
  description: 'References and ARNs are of the type of resource that the property takes',
  *check(template) {
    for (const [logicalId, resource] of Object.entries(template.Resources)) {
      for (const [path, kinds] of Object.entries(ARN_PROPERTIES[resource.Type] ?? {}))
        yield* check(logicalId, resource, { path, kinds, find: referentOf, template });
      const uri = INVOCATION_PROPERTIES[resource.Type];
      if (uri !== undefined)
        yield* check(logicalId, resource, { path: uri, kinds: [FUNCTION], find: invokedBy, template });
    }
  },
};

interface Expectation {
  path: string;
  kinds: readonly Kind[];
  find: Find;
  template: Template;
}

function* check(
  logicalId: string,
  { Properties }: Resource,
  { path, kinds, find, template }: Expectation,
): Generator<Violation> {
  for (const { location, value } of at(Properties, path)) {
    const referent = find(value, template);
    if (referent === undefined || isOneOf(kinds, referent)) continue;
    const expected = kinds.map(({ name }) => name).join(' or ');
    yield { logicalId, location, message: `takes ${expected}, and not ${nameOf(referent)}.` };
  }
}
