import * as z from 'zod';
import { documentId, slug } from './identifiers.ts';
import { serverLabel, toolRisk } from './labels.ts';

export const serverSpec = z.strictObject({
  title: z.string().min(1).max(100),
  description: z.string().max(1000).optional(),
  slug,
  /** Whether its tools and prompts have its slug before their names in a portal, or are named as they are. */
  naming: z.enum(['prefixed', 'unprefixed']).default('prefixed'),
  url: z.url({ protocol: /^https?$/ }).max(2000),
  /** Ids of the policies that decide who may use this server, in order. */
  policies: z.array(documentId).max(100),
  /** Ids of the policies that decide who may use which of its tools, in order, after those of the tool itself. */
  toolPolicies: z.array(documentId).max(100).default([]),
  /** What a session carries away from here, and whether what it brings may leave the organisation. */
  labels: z.array(serverLabel).max(3).default([]),
  /** Reviews and switches by the tool's own name (without the slug). */
  tools: z
    .record(
      z.string(),
      z.strictObject({
        enabled: z.boolean().default(true),
        risk: toolRisk.optional(),
        /** Ids of the policies that decide who may use this tool, in order. */
        policies: z.array(documentId).max(20).default([]),
      }),
    )
    .default({}),
  enabled: z.boolean().default(true),
});

export type ServerSpec = z.output<typeof serverSpec>;
