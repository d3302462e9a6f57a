import { isDeepStrictEqual } from 'node:util';
import type { SelectorName } from '../../shared/documents/selector.ts';
import { nameOf, type PolicyCheck, type PolicyFault } from './rules.ts';

/** Of these, a request has one value. */
const SINGLE: ReadonlySet<SelectorName> = new Set([
  'email',
  'emailDomain',
  'loginMethod',
  'country',
  'serviceToken',
  'client',
  'clientHost',
  'toolRisk',
]);

/** Rules that nobody can meet. */
export const contradictions: PolicyCheck = (document): PolicyFault | undefined => {
  if (document.kind !== 'Policy' && document.kind !== 'RuleGroup') return undefined;
  const { include, require, exclude } = document.spec;
  const required = new Map<SelectorName, number>();
  for (const [index, selector] of require.entries()) {
    const name = nameOf(selector);
    const earlier = required.get(name);
    if (earlier !== undefined && SINGLE.has(name) && !isDeepStrictEqual(require[earlier], selector))
      return {
        at: `spec.require[${index}].${name}`,
        message: `cannot hold together with spec.require[${earlier}], since require asks for all of its selectors: put both into the include of a RuleGroup and require that`,
      };
    required.set(name, earlier ?? index);
  }
  for (const [index, selector] of exclude.entries()) {
    const same = [...require, ...(include.length === 1 ? include : [])];
    if (same.some((other) => isDeepStrictEqual(other, selector)))
      return {
        at: `spec.exclude[${index}].${nameOf(selector)}`,
        message: 'is what the policy asks for as well, so that it never matches: remove one of the two',
      };
  }
  return undefined;
};
