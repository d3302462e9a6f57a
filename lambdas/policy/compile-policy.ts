import { type CompiledRule, compileRule } from './compile-rule.ts';
import { type Condition, conditionsOf } from './conditions.ts';
import type { Level, NamedPolicy, TraceStep } from './decision.ts';
import type { Facts } from './facts.ts';
import type { Named } from './selectors/selector-kind.ts';

export interface CompiledPolicy {
  policy: NamedPolicy;
  /** Judges a subject; equal outcomes are the same object. */
  judge: (facts: Facts) => TraceStep;
  /** The step for a person whom it does not include, as an index of many policies knows. */
  notIncluded: () => TraceStep;
  /** What whoever is let in by this policy still has to do. */
  conditions: readonly Condition[];
}

/**
 * Compiles a policy, each reading of it when it is first needed. It matches when any include, every require and no
 * exclude does. What is unknown keeps an `allow`, `bypass` or `service-auth` from matching and makes a `block` match. A
 * service token is let in by nothing but a selector that names service tokens among the includes, and by
 * `service-auth` nobody else is.
 */
export function compilePolicy(level: Level, policy: NamedPolicy, named: Named): CompiledPolicy {
  const { id, spec } = policy;
  const { action } = spec;
  const granting = action !== 'block';
  const step = (matched: boolean, at: string | null, because: string): TraceStep =>
    Object.freeze({ level, policy: id, action, matched, at, because });
  const compile = (services: boolean, requestOpen: boolean): CompiledRule<TraceStep> => {
    if (action === 'service-auth' && !services) {
      const forServices = step(false, null, 'is for service tokens, and this is a person');
      return { judge: () => forServices, notIncluded: () => forServices };
    }
    const reading = { named, services, requestOpen, granting, namedOnly: services && granting };
    return compileRule(spec, reading, ({ holds, at, because }) => step(holds, at, because));
  };
  const readings: (CompiledRule<TraceStep> | undefined)[] = [];
  const readFor = (services: boolean, requestOpen: boolean): CompiledRule<TraceStep> => {
    const reading = (services ? 1 : 0) + (requestOpen ? 2 : 0);
    const compiled = readings[reading] ?? compile(services, requestOpen);
    readings[reading] = compiled;
    return compiled;
  };
  return {
    policy,
    judge: (facts) => readFor(facts.serviceToken !== undefined, facts.requestOpen).judge(facts),
    notIncluded: () => readFor(false, false).notIncluded(),
    conditions: conditionsOf(spec),
  };
}
