import type { NamedPolicy } from './decision.ts';
import type { PortalSnapshot } from './snapshot.ts';

/** A policy of a portal, its servers or their tools, by id. */
export function findPolicy({ portal, servers }: PortalSnapshot, id: string): NamedPolicy | undefined {
  const all = [
    ...portal.policies,
    ...servers.flatMap(({ policies, toolPolicies, tools }) => [
      ...policies,
      ...toolPolicies,
      ...tools.flatMap((tool) => tool.policies),
    ]),
  ];
  return all.find((policy) => policy.id === id);
}
