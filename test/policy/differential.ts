import { compileLevel, decideTool } from '../../lambdas/policy/decide.ts';
import type { Level } from '../../lambdas/policy/decision.ts';
import { Facts } from '../../lambdas/policy/facts.ts';
import { ANY_ARGUMENTS } from '../../lambdas/policy/selectors/argument.ts';
import type { Judged } from './arbitrary.ts';
import { referenceDecision, type Verdict } from './reference.ts';

const LEVELS = ['portal', 'server', 'tool'] as const;

/** What the evaluator decides, in the words of the reference. */
export function decided({ levels, named, subject, evidence, targets, requestOpen }: Judged): Verdict {
  const [portal, server, tool] = LEVELS.map((level) => compileLevel(level, levels[level], named));
  if (!portal || !server || !tool) throw new Error('There are three levels.');
  const facts = new Facts(subject, { evidence, requestOpen });
  const decision = decideTool(portal, server, tool, facts.about(targets.tool));
  return {
    allowed: decision.allowed,
    level: decision.level,
    policy: decision.policy,
    remedies: decision.remedies.map(({ level, policy, kind }) => `${level} ${policy} ${kind}`),
    trace: decision.trace.map(({ level, policy, action, matched }) => ({ level, policy, action, matched })),
  };
}

export function expected(judged: Judged): Verdict | undefined {
  const { levels, named, subject, evidence, targets, requestOpen } = judged;
  const now = subject.now ?? 0;
  const question = (level: Level) => ({
    subject,
    evidence,
    // All levels are asked about the tool at once.
    target: targets.tool,
    now,
    requestOpen,
    anyArguments: ANY_ARGUMENTS,
    level,
  });
  return referenceDecision(
    LEVELS.map((level) => ({ level, policies: levels[level], question: question(level) })),
    named,
  );
}
