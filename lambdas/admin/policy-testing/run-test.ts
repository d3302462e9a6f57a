import type { Target as About, Ask, Decision, Subject } from '../../policy/decision.ts';
import { explainChange, type Way } from '../../policy/explain/explain-change.ts';
import {
  type Case,
  type ExplainedStep,
  explainTrace,
  type JudgedLevel,
} from '../../policy/explain/explain-decision.ts';
import { mentionedIn } from '../../policy/explain/shown-value.ts';
import type { Facts } from '../../policy/facts.ts';
import { namedIn } from '../../policy/named-rules.ts';
import { ANY_ARGUMENTS } from '../../policy/selectors/argument.ts';
import { type EvidenceSource, settle } from '../../policy/settle.ts';
import type { PortalSnapshot } from '../../policy/snapshot.ts';
import { Access } from '../../portal/access.ts';
import type { Catalog } from '../../portal/catalog.ts';
import type { Selector } from '../../shared/documents/selector.ts';
import type { Target } from './target.ts';

/** A portal whose access is tested. */
export interface TestedPortal {
  snapshot: PortalSnapshot;
  catalog: Catalog;
}

export interface Tested {
  decision: Decision;
  trace: ExplainedStep[];
  change: Way[];
  /** What was asked for and stayed unknown. */
  asked: ReadonlySet<Ask>;
}

/** Decides as the relay does, by the same means. */
export function decide(access: Access, { at, offer }: Target, args: unknown = ANY_ARGUMENTS): Decision {
  if (offer) return access.toTool(offer, args);
  return at ? access.to(at) : access.portal;
}

function* selectorsOf({ portal, servers, groups }: PortalSnapshot): Generator<Selector> {
  const policies = servers.flatMap((server) => [
    ...server.policies,
    ...server.toolPolicies,
    ...server.tools.flatMap((tool) => tool.policies),
  ]);
  const specs = [...portal.policies, ...policies].map(({ spec }) => spec);
  for (const { include, require, exclude } of [...specs, ...Object.values(groups)])
    yield* [...include, ...require, ...exclude];
}

function caseOf(portal: TestedPortal, { at, offer }: Target, facts: Facts, args: unknown): Case {
  const { catalog, snapshot } = portal;
  const labels = at?.server.labels;
  const levels: JudgedLevel[] = [{ compiled: catalog.level, facts }];
  if (at) levels.push({ compiled: at.level, facts: facts.about({ labels: at.server.labels }) });
  if (offer) {
    const about: About = {
      ...(labels ? { labels } : {}),
      toolRisk: offer.tool.risk ?? 'destructive',
      arguments: args,
    };
    levels.push({ compiled: offer.level, facts: facts.about(about) });
  }
  return { levels, named: namedIn(snapshot), mentioned: mentionedIn(selectorsOf(snapshot)) };
}

/** Decides about one subject and one target, and explains it. */
export function runTest(
  portal: TestedPortal,
  target: Target,
  subject: Subject,
  { args = ANY_ARGUMENTS, evidence }: { args?: unknown; evidence: EvidenceSource },
): Promise<Tested> {
  return settle(subject, evidence, (facts) => {
    const decision = decide(new Access(portal.catalog, facts), target, args);
    const asked = new Set(facts.asked);
    const judged = caseOf(portal, target, facts, args);
    const explained = { trace: explainTrace(decision, judged), change: explainChange(decision, judged) };
    // What only an explanation looks at decides nothing, and is not looked up.
    for (const ask of facts.asked) if (!asked.has(ask)) facts.asked.delete(ask);
    return { decision, asked, ...explained };
  });
}
