import type { Level, NamedPolicy, Remedy } from './decision.ts';

const VERBS = { allow: 'Allowed', bypass: 'Let past', 'service-auth': 'Allowed', block: 'Blocked' } as const;

export const reasonOf = (level: Level, { id, spec }: NamedPolicy): string =>
  `${VERBS[spec.action]} by the ${level} policy "${id}".`;

/** For whom a policy blocks, or for whom none matches: names the rule and what to do. */
export function explainRefusal(level: Level, blocking: NamedPolicy | null): string {
  if (!blocking)
    return `No policy of this ${level} allows you (${level}, default deny). If you need access, ask an administrator.`;
  const message = blocking.spec.message ? ` ${blocking.spec.message}` : '';
  return `${reasonOf(level, blocking)}${message} If you need access, ask an administrator and name this policy.`;
}

const TO_DO: Record<Remedy['kind'] | 'service', string> = {
  'sign-in': 'asks you to sign in again, since your sign-in is too old',
  'step-up': 'asks for a fresh sign-in before you go on',
  justification: 'asks why you need this',
  approval: 'needs the approval of somebody else: request it',
  service: 'asks for something that only a person can do, so that no service token passes',
};

/** For whom a policy lets in under a condition that is not met. */
export const remedyReason = (level: Level, policy: string, kind: Remedy['kind'] | 'service'): string =>
  `The ${level} policy "${policy}" ${TO_DO[kind]}.`;
