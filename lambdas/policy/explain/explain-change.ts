import type { PolicyAction } from '../../shared/documents/policy.ts';
import type { CompiledPolicy } from '../compile-policy.ts';
import type { Decision, Level } from '../decision.ts';
import { remedyReason } from '../explain-decision.ts';
import { type Case, type JudgedLevel, judgePolicy, levelOf } from './explain-decision.ts';
import { type Need, needsToFail, needsToHold } from './needs.ts';

/** What a policy would have to do for the opposite outcome. */
export interface PolicyChange {
  policy: string;
  action: PolicyAction;
  should: 'match' | 'not match' | 'be fulfilled';
  /** Whether all of the needs have to be met, or any one of them. */
  of: 'all' | 'any';
  needs: Need[];
}

/** One way to the opposite outcome: all of its steps, at one level. */
export interface Way {
  level: Level;
  steps: PolicyChange[];
}

/** As many ways as somebody reads. */
const MOST_WAYS = 3;

type Judged = Omit<Case, 'levels'>;

function toMatch({ policy }: CompiledPolicy, { facts }: JudgedLevel, judged: Judged): PolicyChange[] {
  const rule = judgePolicy(policy, facts, judged);
  const possible = rule && policy.spec.action !== 'block';
  if (!possible) return [];
  const { id, spec } = policy;
  return [{ policy: id, action: spec.action, should: 'match', of: 'all', needs: needsToHold(rule) }];
}

function notToMatch({ policy }: CompiledPolicy, { facts }: JudgedLevel, judged: Judged): PolicyChange {
  const rule = judgePolicy(policy, facts, judged);
  const { id, spec } = policy;
  return {
    policy: id,
    action: spec.action,
    should: 'not match',
    of: 'any',
    needs: rule ? needsToFail(rule) : [],
  };
}

/** The policies that let in and come closest: those that lack least first. */
const closest = (policies: readonly CompiledPolicy[], level: JudgedLevel, judged: Judged): PolicyChange[] =>
  policies
    .flatMap((policy) => toMatch(policy, level, judged))
    .filter(({ needs }) => needs.length > 0)
    .toSorted((a, b) => a.needs.length - b.needs.length)
    .slice(0, MOST_WAYS);

interface Rest {
  steps: PolicyChange[];
  /** Whether a policy behind lets in by itself. */
  opened: boolean;
}

/** Blocks among the policies that follow, until one lets in. */
function followingBlocks(policies: readonly CompiledPolicy[], level: JudgedLevel, judged: Judged): Rest {
  const steps: PolicyChange[] = [];
  for (const compiled of policies) {
    if (!compiled.judge(level.facts).matched) continue;
    if (compiled.policy.spec.action !== 'block') return { steps, opened: true };
    steps.push(notToMatch(compiled, level, judged));
  }
  return { steps, opened: level.compiled.inherits };
}

/** Past the policy that keeps out, or in by one that is asked before it. */
function waysIn(level: JudgedLevel, decision: Decision, judged: Judged): Way[] {
  const { policies, level: name } = level.compiled;
  const at = policies.findIndex(({ policy }) => policy.id === decision.policy);
  const deciding = policies[at];
  if (!deciding) return closest(policies, level, judged).map((step) => ({ level: name, steps: [step] }));
  if (deciding.policy.spec.action !== 'block') {
    const { id, spec } = deciding.policy;
    const needs = [{ at: 'conditions', text: decision.reason }];
    return [
      { level: name, steps: [{ policy: id, action: spec.action, should: 'be fulfilled', of: 'all', needs }] },
    ];
  }
  const before = closest(policies.slice(0, at), level, judged).map((step) => ({
    level: name,
    steps: [step],
  }));
  const { steps, opened } = followingBlocks(policies.slice(at + 1), level, judged);
  const away = [notToMatch(deciding, level, judged), ...steps];
  if (opened) return [{ level: name, steps: away }, ...before].slice(0, MOST_WAYS);
  const then = closest(policies.slice(at + 1), level, judged);
  return [...then.map((step) => ({ level: name, steps: [...away, step] })), ...before].slice(0, MOST_WAYS);
}

/** The policy that let in no longer does, and neither does one behind it. */
function wayOut(level: JudgedLevel, decision: Decision, judged: Judged): Way[] {
  const { policies, level: name, inherits } = level.compiled;
  const step = decision.trace.find((each) => each.level === name && each.matched);
  const at = policies.findIndex(({ policy }) => policy.id === step?.policy);
  if (at === -1 || inherits) return [];
  const steps: PolicyChange[] = [];
  for (const compiled of policies.slice(at)) {
    if (!compiled.judge(level.facts).matched) continue;
    if (compiled.policy.spec.action === 'block') break;
    steps.push(notToMatch(compiled, level, judged));
  }
  return [{ level: name, steps }];
}

/** What the person would have to do, where policies let them in under conditions. */
function remediesOf({ remedies }: Decision, judged: Case): Way[] {
  const [first] = remedies;
  if (!first) return [];
  const steps = remedies.map(({ kind, level, policy }): PolicyChange => {
    const found = levelOf(judged, level)?.compiled.policies.find((each) => each.policy.id === policy);
    return {
      policy,
      action: found?.policy.spec.action ?? 'allow',
      should: 'be fulfilled',
      of: 'all',
      needs: [{ at: kind, text: remedyReason(level, policy, kind) }],
    };
  });
  return [{ level: first.level, steps }];
}

/**
 * What would have to change about the subject or the request for the opposite outcome at the level that decided: of a
 * refusal the ways in, closest first; of an approval, for each level, what would end it. Levels further in are judged
 * again then, and may refuse.
 */
export function explainChange(decision: Decision, judged: Case): Way[] {
  if (decision.allowed) return judged.levels.flatMap((level) => wayOut(level, decision, judged));
  if (decision.remedies.length > 0) return remediesOf(decision, judged);
  const level = levelOf(judged, decision.level);
  return level ? waysIn(level, decision, judged) : [];
}
