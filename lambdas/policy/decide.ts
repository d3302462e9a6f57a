import { type CompiledPolicy, compilePolicy } from './compile-policy.ts';
import type { Decision, Level, NamedPolicy, Remedy, TraceStep } from './decision.ts';
import { explainRefusal, reasonOf, remedyReason } from './explain-decision.ts';
import type { Facts } from './facts.ts';
import { IncludeIndex } from './include-index.ts';
import type { Named } from './selectors/selector-kind.ts';

/** The policies of a portal, a server or a tool, compiled in the order in which they are judged. */
export interface CompiledLevel {
  level: Level;
  policies: readonly CompiledPolicy[];
  /** Which policies may include a person. */
  index: IncludeIndex;
  /** The steps of those that do not, by position; made when they are first needed. */
  notIncluded: (TraceStep | undefined)[];
  /** What holds for whom no policy matches: true where policies only take away. */
  inherits: boolean;
}

const FIRST: ReadonlySet<string> = new Set(['service-auth', 'bypass']);

/** The order in which policies are judged: `service-auth` and `bypass` first. */
export function inOrder<Policy extends Pick<NamedPolicy, 'spec'>>(policies: readonly Policy[]): Policy[] {
  const first = policies.filter(({ spec }) => FIRST.has(spec.action));
  return [...first, ...policies.filter(({ spec }) => !FIRST.has(spec.action))];
}

/**
 * Compiles a level once per snapshot version; deciding with it then reads no document. `service-auth` and `bypass`
 * come first, in their order, then `allow` and `block` in theirs.
 */
export function compileLevel(level: Level, policies: readonly NamedPolicy[], named: Named): CompiledLevel {
  const ordered = inOrder(policies);
  return {
    level,
    index: new IncludeIndex(ordered.map(({ spec }) => spec.include)),
    notIncluded: [],
    policies: ordered.map((policy) => compilePolicy(level, policy, named)),
    inherits: level === 'tool' && policies.every(({ spec }) => spec.action === 'block'),
  };
}

/** May this holder use the portal at all? The first policy that matches decides; without one, nobody may. */
export function decidePortal(portal: CompiledLevel, facts: Facts): Decision {
  return decideLevel(portal, facts, undefined);
}

/**
 * May this holder use this server through the portal? Both levels must allow. The portal is judged first:
 * unless it allows, its refusal is the decision and the server's policies are not looked at, so that nobody
 * outside learns of them. Within it the server is judged alike. A block at either level therefore wins over
 * every allow at the other, and so does a level in which no policy matches.
 */
export function decideServer(portal: CompiledLevel, server: CompiledLevel, facts: Facts): Decision {
  return within(decidePortal(portal, facts), server, facts);
}

/**
 * May this holder use this tool? Its server has to allow, and then the tool's own policies, where it has any; if all
 * they do is block, whoever they do not block may.
 */
export function decideTool(
  portal: CompiledLevel,
  server: CompiledLevel,
  tool: CompiledLevel,
  facts: Facts,
): Decision {
  return within(decideServer(portal, server, facts), tool, facts);
}

/** The next level of a decision: not looked at where the earlier one refuses for good. */
export function within(outer: Decision, level: CompiledLevel, facts: Facts): Decision {
  const entered = outer.allowed || outer.remedies.length > 0;
  return entered ? decideLevel(level, facts, outer) : outer;
}

/** Fewer than this are judged sooner than they are looked up. */
const FEW = 8;

/** Undefined where every policy is judged: for the few, and for readings that have no index. */
function candidatesOf({ policies, index }: CompiledLevel, facts: Facts): Uint8Array | undefined {
  if (policies.length < FEW || facts.serviceToken !== undefined || facts.requestOpen) return undefined;
  return index.candidates(facts);
}

function notIncluded(
  { notIncluded: steps }: CompiledLevel,
  position: number,
  policy: CompiledPolicy,
): TraceStep {
  const step = steps[position] ?? policy.notIncluded();
  steps[position] = step;
  return step;
}

function decideLevel(compiled: CompiledLevel, facts: Facts, outer: Decision | undefined): Decision {
  const { level, policies, inherits } = compiled;
  const trace: TraceStep[] = outer ? [...outer.trace] : [];
  const candidates = candidatesOf(compiled, facts);
  for (let position = 0; position < policies.length; position++) {
    const decider = policies[position] as CompiledPolicy;
    const step =
      candidates === undefined || candidates[position] === 1
        ? decider.judge(facts)
        : notIncluded(compiled, position, decider);
    trace.push(step);
    if (step.matched) return decided(level, decider, { facts, trace, outer });
  }
  if (inherits && outer) return { ...outer, trace };
  const reason = explainRefusal(level, null);
  return { allowed: false, level, policy: null, reason, trace, remedies: [] };
}

function decided(
  level: Level,
  { policy, conditions }: CompiledPolicy,
  { facts, trace, outer }: { facts: Facts; trace: TraceStep[]; outer: Decision | undefined },
): Decision {
  const { id, spec } = policy;
  if (spec.action === 'block') {
    const told = spec.message === undefined ? {} : { told: true as const };
    return {
      allowed: false,
      level,
      policy: id,
      reason: explainRefusal(level, policy),
      trace,
      remedies: [],
      ...told,
    };
  }
  const unmet = conditions.filter(({ met }) => !met(facts, id));
  if (unmet.length > 0 && facts.serviceToken !== undefined)
    return {
      allowed: false,
      level,
      policy: id,
      reason: remedyReason(level, id, 'service'),
      trace,
      remedies: [],
    };
  const own: Remedy[] = unmet.map(({ kind }) => ({ kind, level, policy: id }));
  const remedies = [...(outer?.remedies ?? []), ...own];
  const [first] = remedies;
  if (!first) return { allowed: true, level, policy: id, reason: reasonOf(level, policy), trace, remedies };
  const reason = remedyReason(first.level, first.policy, first.kind);
  return { allowed: false, level: first.level, policy: first.policy, reason, trace, remedies };
}
