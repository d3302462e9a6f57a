import * as z from 'zod';

/** A service of the organisation that is asked whether somebody may. */
export const externalEvaluationSpec = z.strictObject({
  title: z.string().min(1).max(100).optional(),
  /** Where the signed question goes. */
  url: z.url({ protocol: /^https?$/ }).max(2000),
  /** The public keys (RFC 7517) that its answers are signed with. */
  keysUrl: z.url({ protocol: /^https?$/ }).max(2000),
  timeoutMs: z.number().int().min(100).max(5_000).default(2_000),
  /** How long an answer is remembered for the same question. */
  cacheSeconds: z.number().int().min(0).max(3_600).default(60),
});

export type ExternalEvaluationSpec = z.output<typeof externalEvaluationSpec>;
