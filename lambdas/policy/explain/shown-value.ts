import type { Selector } from '../../shared/documents/selector.ts';
import type { Facts } from '../facts.ts';
import { argumentValues } from '../selectors/argument.ts';
import type { SelectorKind } from '../selectors/selector-kind.ts';

/** What policies name: a tester is shown no more of a person than what somebody already wrote about. */
export interface Mentioned {
  groups: ReadonlySet<string>;
}

/** The groups that any of these selectors name. */
export const mentionedIn = (selectors: Iterable<Selector>): Mentioned => ({
  groups: new Set([...selectors].flatMap((selector) => ('group' in selector ? [selector.group] : []))),
});

function shownDevices({ devices }: Facts, check: string): unknown {
  return devices?.map(({ reportedAt, checks }) => ({
    reportedAt: new Date(reportedAt * 1000).toISOString(),
    [check]: Object.hasOwn(checks, check) ? checks[check] : null,
  }));
}

function shownSignIn({ person }: Facts): unknown {
  const { authenticationMethods: methods, authenticatedAt } = person ?? {};
  if (methods === undefined && authenticatedAt === undefined) return undefined;
  const at = authenticatedAt === undefined ? null : new Date(authenticatedAt * 1000).toISOString();
  return { methods: methods ?? null, at };
}

/**
 * What the subject has where a selector looks, and nothing else: of the claims that one, of the groups those that
 * policies name, of a device that check. Undefined is unknown.
 */
export function shownValue(
  kind: SelectorKind,
  selector: Selector,
  facts: Facts,
  { groups }: Mentioned,
): unknown {
  if ('group' in selector) return facts.groups && [...facts.groups].filter((name) => groups.has(name));
  if ('claim' in selector) {
    const { claims } = facts.person ?? {};
    const { name } = selector.claim;
    return claims && Object.hasOwn(claims, name) ? claims[name] : undefined;
  }
  if ('devicePosture' in selector) return shownDevices(facts, selector.devicePosture.check);
  if ('authenticationMethod' in selector) return shownSignIn(facts);
  if ('externalEvaluation' in selector) return facts.external(selector.externalEvaluation);
  if ('argument' in selector) return argumentValues(facts.target.arguments, selector.argument.path);
  return kind.actual(facts);
}
