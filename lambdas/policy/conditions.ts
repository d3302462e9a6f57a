import { secondsIn } from '../shared/documents/duration.ts';
import type { PolicySpec } from '../shared/documents/policy.ts';
import type { Remedy } from './decision.ts';
import type { Facts } from './facts.ts';

/** Something that a policy asks of whoever it lets in. */
export interface Condition {
  /** What the person does to meet it. */
  kind: Remedy['kind'];
  met: (facts: Facts, policy: string) => boolean;
}

interface SignIn {
  at: number | undefined;
  methods: readonly string[];
}

/** Whether a sign-in for this session will do: the one that began it, or a fresh one since. */
function signedIn(facts: Facts, enough: (signIn: SignIn) => boolean): boolean {
  const { authenticatedAt: at, authenticationMethods: methods = [] } = facts.person ?? {};
  if (enough({ at, methods })) return true;
  const { steppedUp } = facts.fulfilled ?? {};
  return steppedUp !== undefined && enough(steppedUp);
}

const youngerThan = (duration: string, { at }: SignIn, facts: Facts): boolean =>
  at !== undefined && facts.now / 1000 - at <= secondsIn(duration);

/** The conditions of a policy, in the order in which a person meets them. Nothing unknown meets one. */
export function conditionsOf({ sessionDuration, stepUp, justification, approval }: PolicySpec): Condition[] {
  const conditions: Condition[] = [];
  if (sessionDuration !== undefined)
    conditions.push({
      kind: 'sign-in',
      met: (facts) => signedIn(facts, (signIn) => youngerThan(sessionDuration, signIn, facts)),
    });
  if (stepUp)
    conditions.push({
      kind: 'step-up',
      met: (facts) =>
        signedIn(
          facts,
          (signIn) =>
            youngerThan(stepUp.within, signIn, facts) &&
            (stepUp.method === undefined || signIn.methods.includes(stepUp.method)),
        ),
    });
  if (justification)
    conditions.push({
      kind: 'justification',
      met: ({ fulfilled }, policy) => fulfilled?.justified.has(policy) === true,
    });
  if (approval)
    conditions.push({
      kind: 'approval',
      met: ({ fulfilled }, policy) => fulfilled?.approved.has(policy) === true,
    });
  return conditions;
}
