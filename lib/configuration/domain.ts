import * as z from 'zod';

/** A domain of one's own, served by API Gateway itself: no distribution stands in front of it. */
export const domain = z
  .strictObject({
    name: z.hostname().transform((name) => name.toLowerCase()),
    /** A certificate for the name, of this account and region; without it one is made in the hosted zone. */
    certificateArn: z
      .string()
      .regex(/^arn:aws[\w-]*:acm:/, 'must be the ARN of a certificate')
      .optional(),
    /** The public hosted zone (Route 53) that the name's records are written to. */
    hostedZone: z.strictObject({ id: z.string().regex(/^Z[A-Z0-9]+$/), name: z.hostname() }).optional(),
  })
  .refine(
    ({ certificateArn, hostedZone }) => certificateArn || hostedZone,
    'needs a certificateArn, or a hostedZone to prove the name and make one',
  );
