import type { CompiledLevel } from '../decide.ts';
import type { Decision, Level, NamedPolicy, TraceStep } from '../decision.ts';
import type { Facts } from '../facts.ts';
import type { Named } from '../selectors/selector-kind.ts';
import { deciderOf, type JudgedRule, type JudgedSelector, judgeRule } from './judge-rule.ts';
import type { Mentioned } from './shown-value.ts';

/** A level that a decision went through, with what was known there. */
export interface JudgedLevel {
  compiled: CompiledLevel;
  facts: Facts;
}

/** What a decision was taken with. */
export interface Case {
  /** From the portal inwards. */
  levels: readonly JudgedLevel[];
  named: Named;
  mentioned: Mentioned;
}

/** The selector that decided within a rule group. */
export interface InGroup {
  group: string;
  at: string | null;
  selector: string | null;
  matched: boolean;
  unknown: boolean;
  actual?: unknown;
}

/** A step of a decision's trace with what the subject had there. */
export interface ExplainedStep extends TraceStep {
  /** For example `ipRange "10.0.0.0/8"`; null when there was not one alone. */
  selector: string | null;
  /** Where it decided by a rule group: which of its selectors did, and so on inwards. */
  groups: InGroup[];
  /** Whether something unknown decided. */
  unknown: boolean;
  /** What the subject has there; absent when unknown. Of several selectors, by what they look at. */
  actual?: unknown;
}

/** A policy with each of its selectors judged; undefined for one that is not for this kind of subject at all. */
export function judgePolicy(
  { spec }: NamedPolicy,
  facts: Facts,
  { named, mentioned }: Omit<Case, 'levels'>,
): JudgedRule | undefined {
  const services = facts.serviceToken !== undefined;
  if (spec.action === 'service-auth' && !services) return undefined;
  const granting = spec.action !== 'block';
  const { requestOpen } = facts;
  const reading = { named, services, requestOpen, granting, namedOnly: services && granting };
  return judgeRule(spec, reading, { facts, mentioned });
}

const actualOf = (actual: unknown): { actual?: unknown } => (actual === undefined ? {} : { actual });

/** What the subject has for each attribute that includes look at. */
function actualOfAll(include: readonly JudgedSelector[]): unknown {
  const known = include.filter(({ actual }) => actual !== undefined);
  const byAttribute = Object.fromEntries(known.map(({ attribute, actual }) => [attribute, actual]));
  return known.length === 0 ? undefined : byAttribute;
}

function explainRule(rule: JudgedRule): Pick<ExplainedStep, 'selector' | 'unknown' | 'actual'> {
  const decider = deciderOf(rule);
  if (!decider) {
    const unknown = rule.include.some(({ verdict }) => verdict === 'unknown');
    return { selector: null, unknown, ...actualOf(actualOfAll(rule.include)) };
  }
  const { text, verdict, actual } = decider;
  return { selector: text, unknown: verdict === 'unknown', ...actualOf(actual) };
}

function groupsIn(rule: JudgedRule): InGroup[] {
  const group = deciderOf(rule)?.group;
  if (!group) return [];
  const at = deciderOf(group.rule)?.at ?? null;
  return [
    { group: group.id, at, matched: group.rule.holds, ...explainRule(group.rule) },
    ...groupsIn(group.rule),
  ];
}

function explainStep(step: TraceStep, judged: Case): ExplainedStep {
  const level = judged.levels.find(({ compiled }) => compiled.level === step.level);
  const found = level?.compiled.policies.find(({ policy }) => policy.id === step.policy);
  const rule = level && found && judgePolicy(found.policy, level.facts, judged);
  if (!rule) return { ...step, selector: null, groups: [], unknown: false };
  const groups = groupsIn(rule);
  const explained = explainRule(rule);
  return {
    ...step,
    ...explained,
    unknown: explained.unknown || groups.some(({ unknown }) => unknown),
    groups,
  };
}

/** Says of each policy that was looked at which selector decided, and what the subject has there. */
export const explainTrace = ({ trace }: Decision, judged: Case): ExplainedStep[] =>
  trace.map((step) => explainStep(step, judged));

/** The level of a decision's last step. */
export const levelOf = (judged: Case, level: Level): JudgedLevel | undefined =>
  judged.levels.find(({ compiled }) => compiled.level === level);
