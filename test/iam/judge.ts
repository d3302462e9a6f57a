import { compileMatches, type Match } from '../../local/iam/match.ts';
import { pattern } from '../../local/iam/pattern.ts';
import type { RecordedCall } from '../../local/iam/record-calls.ts';
import { allGrants, type DeployedRoles, grantsOf, sentenceOf } from './grants.ts';
import { impliedBy } from './implied-calls.ts';

/** Why something is as it is. */
export interface Reason {
  /** The grant or the denied call as it is printed; `*` is any run of characters. */
  what: string;
  why: string;
}

export interface Recorded {
  /** The deployment that ran. */
  running: DeployedRoles;
  /** The ones that people deploy, whose roles must be explained too. */
  others: readonly DeployedRoles[];
  calls: readonly RecordedCall[];
}

export interface Reasons {
  /** Grants that no call uses, and that are needed nonetheless. */
  unused: readonly Reason[];
  /** Calls that are denied on purpose. */
  denied: readonly Reason[];
}

export interface Judgement {
  grants: number;
  used: number;
  faults: readonly string[];
}

/** Compares what roles may do with what they did: whatever is allowed and unused, or denied, has its reason. */
export function judge({ running, others, calls }: Recorded, reasons: Reasons): Judgement {
  if (calls.length === 0) return { grants: 0, used: 0, faults: ['no call was recorded'] };
  const granted = new Set([running, ...others].flatMap(allGrants));
  const { used, denied } = follow(running, calls);
  const unused = [...granted].filter((grant) => !used.has(grant));
  return {
    grants: granted.size,
    used: granted.size - unused.length,
    faults: [
      ...[...used].filter((grant) => !granted.has(grant)).map((grant) => `${grant}: is in no template`),
      ...unexplained(unused, reasons.unused, 'is allowed and never used'),
      ...unexplained([...denied], reasons.denied, 'is denied'),
    ],
  };
}

function follow(running: DeployedRoles, calls: readonly RecordedCall[]) {
  const matching = new Map(running.roles.map(({ name, policies }) => [name, compileMatches(policies)]));
  const [used, denied] = [new Set<string>(), new Set<string>()];
  for (const call of calls) {
    if (call.verdict !== 'allowed') {
      denied.add(sentenceOf(call, running));
      continue;
    }
    const use = (match: Match) => {
      for (const grant of grantsOf(call.role, match, running)) used.add(grant);
    };
    call.by.forEach(use);
    for (const request of impliedBy(call, running)) {
      const by = matching.get(call.role)?.(request) ?? [];
      by.forEach(use);
      if (by.length === 0)
        denied.add(`${sentenceOf({ ...request, role: call.role }, running)}, for ${call.action}`);
    }
  }
  return { used, denied };
}

function unexplained(found: readonly string[], reasons: readonly Reason[], how: string): string[] {
  const tests = reasons.map(({ what }) => ({ what, fits: pattern(what) }));
  return [
    ...found.filter((text) => !tests.some(({ fits }) => fits(text))).map((text) => `${text}: ${how}`),
    ...tests
      .filter(({ fits }) => !found.some(fits))
      .map(({ what }) => `${what}: has a reason, though nothing of that kind ${how}`),
  ];
}
