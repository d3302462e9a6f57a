import * as z from 'zod';
import { duration } from './duration.ts';
import { email, ruleLists } from './selector.ts';

/** What a policy does with whom it matches; `service-auth` and `bypass` are judged before `allow` and `block`. */
export const policyAction = z.enum(['allow', 'block', 'bypass', 'service-auth']);

const conditions = {
  /** How old a sign-in may be. */
  sessionDuration: duration('30d').optional(),
  /** Asks once per session why somebody needs it; the answer is recorded. */
  justification: z.strictObject({ prompt: z.string().min(1).max(500) }).optional(),
  /** Somebody else has to agree, for a while. */
  approval: z
    .strictObject({
      approvers: z.array(email).min(1).max(50),
      /** The longest that an approval may last. */
      longest: duration('24h').default('8h'),
    })
    .optional(),
  /** A fresh sign-in, with this method where it is given. */
  stepUp: z
    .strictObject({ within: duration('24h').default('15m'), method: z.string().min(1).max(64).optional() })
    .optional(),
};
export const conditionNames = Object.keys(conditions) as (keyof typeof conditions)[];

/** Include any, require all, exclude none. */
export const policySpec = z
  .strictObject({
    action: policyAction,
    ...ruleLists,
    /** Shown to a person whom this policy blocks. */
    message: z.string().max(500).optional(),
    ...conditions,
  })
  .superRefine((spec, context) => {
    if (spec.action === 'allow') return;
    for (const name of conditionNames)
      if (spec[name] !== undefined)
        context.addIssue({
          code: 'custom',
          path: [name],
          message: `is for action allow: ${spec.action} asks nothing of people`,
        });
  });

export type PolicyAction = z.output<typeof policyAction>;
export type PolicySpec = z.output<typeof policySpec>;
