import type { Document, Kind } from './kinds.ts';
import type { RuleGroupSpec } from './rule-group.ts';
import type { Selector } from './selector.ts';

/** One place in a document that names another document. */
export interface Reference {
  kind: Kind;
  id: string;
  /** The path within the document, such as `spec.policies[0]`. */
  at: string;
}

const listed = (kind: Kind, ids: readonly string[], path: string): Reference[] =>
  ids.map((id, index) => ({ kind, id, at: `${path}[${index}]` }));

/** Which kind of document a selector names, by the selector. */
const NAMED_BY = {
  serviceToken: 'ServiceToken',
  emailList: 'List',
  ipList: 'List',
  ruleGroup: 'RuleGroup',
  externalEvaluation: 'ExternalEvaluation',
} as const satisfies Record<string, Kind>;

function namedBy(selector: Selector, path: string): Reference[] {
  return Object.entries(NAMED_BY).flatMap(([member, kind]) => {
    const id: unknown = Object.entries(selector).find(([name]) => name === member)?.[1];
    return typeof id === 'string' ? [{ kind, id, at: `${path}.${member}` }] : [];
  });
}

/** Every document that the rules of a policy or a group name. */
export const referencesOfRules = (
  rules: Pick<RuleGroupSpec, 'include' | 'require' | 'exclude'>,
): Reference[] =>
  (['include', 'require', 'exclude'] as const).flatMap((list) =>
    rules[list].flatMap((selector, index) => namedBy(selector, `spec.${list}[${index}]`)),
  );

const toolName = (name: string): string =>
  /^[A-Za-z_][\w-]*$/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`;

/** Every document that this one names, in order. */
export function referencesOf(document: Document): Reference[] {
  switch (document.kind) {
    case 'Portal':
      return [
        ...listed('Server', document.spec.servers, 'spec.servers'),
        ...listed('Policy', document.spec.policies, 'spec.policies'),
      ];
    case 'Server':
      return [
        ...listed('Policy', document.spec.policies, 'spec.policies'),
        ...listed('Policy', document.spec.toolPolicies, 'spec.toolPolicies'),
        ...Object.entries(document.spec.tools).flatMap(([name, { policies }]) =>
          listed('Policy', policies, `spec.tools${toolName(name)}.policies`),
        ),
      ];
    case 'Policy':
    case 'RuleGroup':
      return referencesOfRules(document.spec);
    case 'ServiceToken':
    case 'List':
    case 'ExternalEvaluation':
      return [];
  }
}
