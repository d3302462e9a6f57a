import { compileRule, type Finding } from './compile-rule.ts';
import { type Condition, conditionsOf } from './conditions.ts';
import type { Level, NamedPolicy, TraceStep } from './decision.ts';
import type { Facts } from './facts.ts';
import type { Named } from './selectors/selector-kind.ts';

export interface CompiledPolicy {
  policy: NamedPolicy;
  /** Judges a subject; equal outcomes are the same object. */
  judge: (facts: Facts) => TraceStep;
  /** What whoever is let in by this policy still has to do. */
  conditions: readonly Condition[];
}

/**
 * Compiles a policy once. It matches when any include, every require and no exclude does. What is unknown keeps an
 * `allow`, `bypass` or `service-auth` from matching and makes a `block` match. A service token is let in by nothing
 * but a selector that names service tokens among the includes, and by `service-auth` nobody else is.
 */
export function compilePolicy(level: Level, policy: NamedPolicy, named: Named): CompiledPolicy {
  const { id, spec } = policy;
  const { action } = spec;
  const granting = action !== 'block';
  const ofPeople = compileRule(spec, { named, granting, namedOnly: false });
  const ofServices = granting ? compileRule(spec, { named, granting, namedOnly: true }) : ofPeople;
  const steps = new WeakMap<Finding, TraceStep>();
  const stepOf = (finding: Finding): TraceStep => {
    const known = steps.get(finding);
    if (known) return known;
    const { holds: matched, at, because } = finding;
    const step = Object.freeze({ level, policy: id, action, matched, at, because });
    steps.set(finding, step);
    return step;
  };
  const judge = (facts: Facts): TraceStep => {
    if (facts.serviceToken !== undefined) return stepOf(ofServices(facts));
    return stepOf(action === 'service-auth' ? NO_SERVICE : ofPeople(facts));
  };
  return { policy, judge, conditions: conditionsOf(spec) };
}

const NO_SERVICE: Finding = Object.freeze({
  holds: false,
  at: null,
  because: 'is for service tokens, and this is a person',
});
