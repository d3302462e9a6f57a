import type { DocumentOf } from '../shared/documents/kinds.ts';
import { referencesOfRules } from '../shared/documents/references.ts';
import type { NamedPolicy } from './decision.ts';
import type { Named } from './selectors/selector-kind.ts';
import type { PortalSnapshot } from './snapshot.ts';

/** Documents that rules name. */
export interface NamedDocuments {
  groups: readonly DocumentOf<'RuleGroup'>[];
  lists: readonly DocumentOf<'List'>[];
  evaluations: readonly DocumentOf<'ExternalEvaluation'>[];
}

type NamedRules = Pick<PortalSnapshot, 'groups' | 'lists' | 'evaluations'>;

const specOf = <Spec>(documents: readonly { metadata: { id: string }; spec: Spec }[], id: string) =>
  documents.find(({ metadata }) => metadata.id === id)?.spec;

/** What policies name, and what the groups among that name in turn. */
export function namedRules(policies: readonly NamedPolicy[], documents: NamedDocuments): NamedRules {
  const found: {
    [Member in keyof NamedRules]: NamedRules[Member][string] extends infer Spec
      ? Record<string, Spec>
      : never;
  } = { groups: {}, lists: {}, evaluations: {} };
  const seen = new Set<string>();
  const open = policies.map(({ spec }) => spec as Parameters<typeof referencesOfRules>[0]);
  for (let rules = open.pop(); rules; rules = open.pop()) {
    for (const { kind, id } of referencesOfRules(rules)) {
      if (seen.has(`${kind}#${id}`)) continue;
      seen.add(`${kind}#${id}`);
      const group = kind === 'RuleGroup' ? specOf(documents.groups, id) : undefined;
      const list = kind === 'List' ? specOf(documents.lists, id) : undefined;
      const evaluation = kind === 'ExternalEvaluation' ? specOf(documents.evaluations, id) : undefined;
      if (group) open.push(group);
      if (group) found.groups[id] = group;
      if (list) found.lists[id] = list;
      if (evaluation) found.evaluations[id] = evaluation;
    }
  }
  return found;
}

/** What a snapshot's policies may name, for compiling them. */
export const namedIn = ({ groups, lists }: Pick<PortalSnapshot, 'groups' | 'lists'>): Named => ({
  groups: new Map(Object.entries(groups)),
  lists: new Map(Object.entries(lists)),
});
