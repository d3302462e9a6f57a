import * as z from 'zod';
import { documentId } from './identifiers.ts';

export const portalSpec = z.strictObject({
  title: z.string().min(1).max(100),
  description: z.string().max(1000).optional(),
  /** Ids of the servers behind this portal, in the order of their tools. */
  servers: z.array(documentId).max(200),
  /** Ids of the policies that decide who may use this portal, in order. */
  policies: z.array(documentId).max(100),
  /** What the audit keeps of a call: metadata only, or arguments and answers too, under their own key. */
  payloads: z.enum(['metadata', 'full']).default('metadata'),
});

export type PortalSpec = z.output<typeof portalSpec>;
