import * as evaluator from '../../lambdas/policy/decide.ts';
import type { Decision, Evidence, Level, NamedPolicy, Subject } from '../../lambdas/policy/decision.ts';
import { Facts } from '../../lambdas/policy/facts.ts';
import type { Named } from '../../lambdas/policy/selectors/selector-kind.ts';

export const nothingNamed: Named = { groups: new Map(), lists: new Map() };

/** A level whose policies name nothing unless it is given. */
export const compileLevel = (level: Level, policies: readonly NamedPolicy[], named: Named = nothingNamed) =>
  evaluator.compileLevel(level, policies, named);

type Compiled = ReturnType<typeof compileLevel>;

export const decidePortal = (portal: Compiled, who: Subject, evidence: Evidence = {}): Decision =>
  evaluator.decidePortal(portal, new Facts(who, { evidence }));

export const decideServer = (portal: Compiled, server: Compiled, who: Subject): Decision =>
  evaluator.decideServer(portal, server, new Facts(who));
