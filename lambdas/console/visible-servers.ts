import { compileLevel, decidePortal, decideServer } from '../policy/decide.ts';
import type { Decision } from '../policy/decision.ts';
import type { Facts } from '../policy/facts.ts';
import { namedIn } from '../policy/named-rules.ts';
import type { PortalSnapshot } from '../policy/snapshot.ts';

/** A server as a person sees it on the portal's page. */
export interface VisibleServer {
  title: string;
  description: string | undefined;
  slug: string;
  tools: number;
  prompts: number;
  resources: number;
}

/** Whether a person may use the portal, and which servers are there for them. */
export function visibleServers(
  snapshot: PortalSnapshot,
  facts: Facts,
): { decision: Decision; servers: VisibleServer[] } {
  const { portal, servers } = snapshot;
  const named = namedIn(snapshot);
  const level = compileLevel('portal', portal.policies, named);
  const decision = decidePortal(level, facts);
  if (!decision.allowed) return { decision, servers: [] };
  const visible = servers
    .filter(({ policies, labels }) => {
      const server = compileLevel('server', policies, named);
      return decideServer(level, server, facts.about({ labels })).allowed;
    })
    .map(({ title, description, slug, tools, prompts, resources, resourceTemplates }) => ({
      title,
      description,
      slug,
      tools: tools.length,
      prompts: prompts.length,
      resources: resources.length + resourceTemplates.length,
    }));
  return { decision, servers: visible };
}
