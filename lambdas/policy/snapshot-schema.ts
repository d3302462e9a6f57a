import * as z from 'zod';
import { externalEvaluationSpec } from '../shared/documents/external-evaluation.ts';
import { documentId, slug } from '../shared/documents/identifiers.ts';
import { serverLabel, toolRisk } from '../shared/documents/labels.ts';
import { listSpec } from '../shared/documents/list.ts';
import { policySpec } from '../shared/documents/policy.ts';
import { clientRules } from '../shared/documents/portal.ts';
import { ruleGroupSpec } from '../shared/documents/rule-group.ts';
import type { PortalSnapshot, RawDefinition } from './snapshot.ts';

/** What a server gave is taken as it is: a copy by schema would lose members. */
const definition = z.custom<RawDefinition>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  'must be an object',
);
const optionalText = z
  .string()
  .optional()
  .transform((text) => text);
const policies = z.array(z.object({ id: documentId, spec: policySpec }));

const tool = z.object({
  name: z.string(),
  definition,
  risk: toolRisk.optional().transform((risk) => risk),
  policies: policies.default([]),
});

const server = z.object({
  id: documentId,
  slug,
  naming: z.enum(['prefixed', 'unprefixed']).default('prefixed'),
  title: z.string(),
  description: optionalText,
  url: z.string(),
  era: z.enum(['modern', 'legacy']),
  capabilities: definition,
  instructions: optionalText,
  policies,
  toolPolicies: policies.default([]),
  labels: z.array(serverLabel).default([]),
  tools: z.array(tool),
  prompts: z.array(definition),
  resources: z.array(definition),
  resourceTemplates: z.array(definition),
});

/** A published snapshot as it comes back from the store. */
export const portalSnapshot: z.ZodType<PortalSnapshot> = z.object({
  portal: z.object({
    id: documentId,
    title: z.string(),
    description: optionalText,
    payloads: z.enum(['metadata', 'full']),
    clients: clientRules,
    policies,
  }),
  servers: z.array(server),
  groups: z.record(documentId, ruleGroupSpec).default({}),
  lists: z.record(documentId, listSpec).default({}),
  evaluations: z.record(documentId, externalEvaluationSpec).default({}),
});
