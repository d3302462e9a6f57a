import type { Level } from '../../policy/decision.ts';
import type { SelectorName } from '../../shared/documents/selector.ts';
import type { Documents } from '../world.ts';
import { allSelectors, type PolicyCheck, type PolicyFault, policyOf } from './rules.ts';

const OF_TOOLS: readonly SelectorName[] = ['toolRisk', 'argument'];
/** What is unknown at a level, so that a policy with it would block everybody there or allow nobody. */
const UNKNOWN_AT: Record<Level, ReadonlySet<SelectorName>> = {
  portal: new Set([...OF_TOOLS, 'serverLabel']),
  server: new Set(OF_TOOLS),
  tool: new Set(),
};

function faultAt(
  level: Level,
  ids: readonly string[],
  path: string,
  documents: Documents,
): PolicyFault | undefined {
  for (const [index, id] of ids.entries()) {
    const policy = policyOf(id, documents);
    const found = policy && allSelectors(policy, documents).find(({ name }) => UNKNOWN_AT[level].has(name));
    if (found)
      return {
        at: `${path}[${index}]`,
        message: `Policy "${id}" looks at ${found.name} (${found.at}), which a ${level} does not have: name it in spec.toolPolicies of a Server`,
      };
  }
  return undefined;
}

/** Policies look only at what there is where they are named. */
export const levels: PolicyCheck = (document, documents) => {
  if (document.kind === 'Portal')
    return faultAt('portal', document.spec.policies, 'spec.policies', documents);
  if (document.kind === 'Server')
    return faultAt('server', document.spec.policies, 'spec.policies', documents);
  return undefined;
};
