import { compileLevel, decidePortal, decideServer } from '../policy/decide.ts';
import type { Decision, Subject } from '../policy/decision.ts';
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
  { portal, servers }: PortalSnapshot,
  subject: Subject,
): { decision: Decision; servers: VisibleServer[] } {
  const level = compileLevel('portal', portal.policies);
  const decision = decidePortal(level, subject);
  if (!decision.allowed) return { decision, servers: [] };
  const visible = servers
    .filter(({ policies }) => decideServer(level, compileLevel('server', policies), subject).allowed)
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
