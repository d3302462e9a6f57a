import * as z from 'zod';
import { externalEvaluationSpec } from './external-evaluation.ts';
import { documentId } from './identifiers.ts';
import { listSpec } from './list.ts';
import { policySpec } from './policy.ts';
import { portalSpec } from './portal.ts';
import { ruleGroupSpec } from './rule-group.ts';
import { serverSpec } from './server.ts';
import { serviceTokenSpec } from './service-token.ts';

export const API_VERSION = 'sallyport/v1';

const document = <Kind extends string, Spec extends z.ZodType>(kind: Kind, spec: Spec) =>
  z.strictObject({
    apiVersion: z.literal(API_VERSION),
    kind: z.literal(kind),
    metadata: z.strictObject({ id: documentId }),
    spec,
  });

/** Every kind of configuration document: its schema, its path in the admin API and its name on the command line. */
export const kinds = {
  Portal: { schema: document('Portal', portalSpec), plural: 'portals', singular: 'portal' },
  Server: { schema: document('Server', serverSpec), plural: 'servers', singular: 'server' },
  Policy: { schema: document('Policy', policySpec), plural: 'policies', singular: 'policy' },
  RuleGroup: { schema: document('RuleGroup', ruleGroupSpec), plural: 'rule-groups', singular: 'rule-group' },
  List: { schema: document('List', listSpec), plural: 'lists', singular: 'list' },
  ExternalEvaluation: {
    schema: document('ExternalEvaluation', externalEvaluationSpec),
    plural: 'external-evaluations',
    singular: 'external-evaluation',
  },
  ServiceToken: {
    schema: document('ServiceToken', serviceTokenSpec),
    plural: 'service-tokens',
    singular: 'service-token',
  },
} as const;

export type Kind = keyof typeof kinds;
export type DocumentOf<K extends Kind> = z.output<(typeof kinds)[K]['schema']>;
export type Document = { [K in Kind]: DocumentOf<K> }[Kind];

export const kindNames = Object.keys(kinds) as Kind[];
