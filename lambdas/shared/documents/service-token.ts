import * as z from 'zod';
import { publicKey } from './public-key.ts';

/** What programs may do at the admin API: report what they know, and nothing else. */
export const programPermission = z.enum(['devices:write', 'risk:write']);
export type ProgramPermission = z.output<typeof programPermission>;

/** An identity for a program: it signs in with a secret that is made for it, or with keys of its own. */
export const serviceTokenSpec = z.strictObject({
  title: z.string().min(1).max(100),
  enabled: z.boolean().default(true),
  /** How long a secret that is made from now on lives. */
  secretLifetimeDays: z.number().int().min(1).max(365).default(90),
  /** What it may do at the admin API; nothing unless it is given. */
  permissions: z.array(programPermission).max(10).default([]),
  /** With public keys, it signs in by `private_key_jwt` alone (RFC 7523 section 2.2) and has no secrets. */
  jwks: z.strictObject({ keys: z.array(publicKey).min(1).max(10) }).optional(),
});

export type ServiceTokenSpec = z.output<typeof serviceTokenSpec>;
