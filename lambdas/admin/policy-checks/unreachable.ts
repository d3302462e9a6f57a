import { isDeepStrictEqual } from 'node:util';
import { inOrder } from '../../policy/decide.ts';
import type { PolicySpec } from '../../shared/documents/policy.ts';
import type { Selector } from '../../shared/documents/selector.ts';
import type { Documents } from '../world.ts';
import { isUnconditional, type PolicyCheck, type PolicyFault, policyOf } from './rules.ts';

const isEveryone = (selector: Selector): boolean => 'everyone' in selector;
const mayNameServices = (selector: Selector): boolean =>
  'serviceToken' in selector || 'anyServiceToken' in selector || 'ruleGroup' in selector;

/** Whether the earlier policy matches everybody whom the later one could match. */
function covers(earlier: PolicySpec, later: PolicySpec): boolean {
  if (!isUnconditional(earlier) || earlier.action === 'service-auth') return false;
  // An address in a block matches service tokens too, which `everyone` does not.
  const ofPeople = earlier.include.some(isEveryone) && later.action !== 'block';
  return later.include.every(
    (selector) =>
      earlier.include.some((other) => isDeepStrictEqual(other, selector)) ||
      (ofPeople && !mayNameServices(selector)),
  );
}

function faultIn(ids: readonly string[], path: string, documents: Documents): PolicyFault | undefined {
  const named = ids.flatMap((id, index) => {
    const spec = policyOf(id, documents);
    return spec ? [{ id, index, spec }] : [];
  });
  const ordered = inOrder(named);
  for (const [position, later] of ordered.entries()) {
    const earlier = ordered.slice(0, position).find(({ spec }) => covers(spec, later.spec));
    if (earlier)
      return {
        at: `${path}[${later.index}]`,
        message: `Policy "${later.id}" is never reached: Policy "${earlier.id}" decides for everybody whom it could match. Put it first, or leave it out`,
      };
  }
  return undefined;
}

/** Every policy of a list can decide for somebody. */
export const unreachable: PolicyCheck = (document, documents) => {
  if (document.kind !== 'Portal' && document.kind !== 'Server') return undefined;
  const of = (ids: readonly string[], path: string) => faultIn(ids, path, documents);
  const inPolicies = of(document.spec.policies, 'spec.policies');
  if (document.kind === 'Portal' || inPolicies) return inPolicies;
  return of(document.spec.toolPolicies, 'spec.toolPolicies');
};
