import * as z from 'zod';
import { documentId, slug } from './identifiers.ts';

/** What a reviewer says a tool does; a tool that nobody reviewed counts as destructive. */
export const toolRisk = z.enum(['read-only', 'write', 'destructive']);

export const serverSpec = z.strictObject({
  title: z.string().min(1).max(100),
  description: z.string().max(1000).optional(),
  slug,
  /** Whether its tools and prompts have its slug before their names in a portal, or are named as they are. */
  naming: z.enum(['prefixed', 'unprefixed']).default('prefixed'),
  url: z.url({ protocol: /^https?$/ }).max(2000),
  /** Ids of the policies that decide who may use this server, in order. */
  policies: z.array(documentId).max(100),
  /** Reviews and switches by the tool's own name (without the slug). */
  tools: z
    .record(z.string(), z.strictObject({ enabled: z.boolean().default(true), risk: toolRisk.optional() }))
    .default({}),
  enabled: z.boolean().default(true),
});

export type ServerSpec = z.output<typeof serverSpec>;
export type ToolRisk = z.output<typeof toolRisk>;
