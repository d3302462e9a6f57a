import * as z from 'zod';
import type { Decision } from '../../policy/decision.ts';

/** Let in, let in after something that the person or somebody else does, or kept out. */
export const outcome = z.enum(['allowed', 'held', 'denied']);
export type Outcome = z.output<typeof outcome>;

export const outcomeOf = ({ allowed, remedies }: Decision): Outcome => {
  if (allowed) return 'allowed';
  return remedies.length > 0 ? 'held' : 'denied';
};

const level = z.enum(['portal', 'server', 'tool']);

/** A decision without its trace. */
export const decided = z.object({
  outcome,
  level,
  /** Null when no policy matched. */
  policy: z.string().nullable(),
  /** What is left to do, for one that is held. */
  remedies: z.array(z.enum(['sign-in', 'step-up', 'justification', 'approval'])),
});
export type Decided = z.output<typeof decided>;

export const summaryOf = (decision: Decision): Decided => ({
  outcome: outcomeOf(decision),
  level: decision.level,
  policy: decision.policy,
  remedies: decision.remedies.map(({ kind }) => kind),
});

/** Whose access is meant: a person or a service token. */
export const who = z.union([
  z.object({ id: z.string(), email: z.string() }),
  z.object({ serviceToken: z.string() }),
]);
export type Who = z.output<typeof who>;
