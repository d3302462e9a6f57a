import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import * as z from 'zod';
import { documentId } from './identifiers.ts';

const email = z.email().transform((value) => value.toLowerCase());
const domain = z
  .string()
  .regex(/^(?!-)[a-z0-9-]+(\.[a-z0-9-]+)+$/i, 'must be a domain such as example.com')
  .transform((value) => value.toLowerCase());
const ipRange = z.string().refine(
  // The library also reads abbreviated and octal forms, which people and systems understand differently.
  (value) => isIP(value.split('/')[0] ?? '') !== 0 && (!value.includes('/') || ipaddr.isValidCIDR(value)),
  'must be an IPv4 or IPv6 address or range (CIDR)',
);

const selectors = [
  z.strictObject({ everyone: z.literal(true) }),
  z.strictObject({ email }),
  z.strictObject({ emailDomain: domain }),
  z.strictObject({ group: z.string().min(1).max(256) }),
  z.strictObject({ ipRange }),
  z.strictObject({ serviceToken: documentId }),
] as const;

/** One condition on the holder or the request; exactly one member. */
export const selector = z.union(selectors, {
  error: `must be exactly one of ${selectors.flatMap(({ shape }) => Object.keys(shape)).join(', ')}`,
});

/** Include any, require all, exclude none. */
export const policySpec = z.strictObject({
  action: z.enum(['allow', 'block']),
  include: z.array(selector).min(1, 'needs at least one selector, for example { everyone: true }').max(1000),
  require: z.array(selector).max(1000).default([]),
  exclude: z.array(selector).max(1000).default([]),
  /** Shown to a person whom this policy blocks. */
  message: z.string().max(500).optional(),
});

export type Selector = z.output<typeof selector>;
export type PolicySpec = z.output<typeof policySpec>;
