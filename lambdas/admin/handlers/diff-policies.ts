import * as z from 'zod';
import { kindNames, kinds } from '../../shared/documents/kinds.ts';
import { jsonResponse } from '../../shared/http.ts';
import { placedDocuments } from '../check-set.ts';
import { accessChanges } from '../policy-testing/access-changes.ts';
import { comparedWorlds } from '../policy-testing/compared-worlds.ts';
import { decided, who } from '../policy-testing/outcome.ts';
import { readBody } from '../policy-testing/read-body.ts';
import type { GuardedRoute } from '../route.ts';

const envelope = z.strictObject({
  /** As they would be applied. */
  documents: z.array(z.unknown()).max(1000),
  /** What they are compared with, both in place of what is stored; what is stored alone unless it is given. */
  from: z.array(z.unknown()).max(1000).optional(),
});
const document = z.union(kindNames.map((kind) => kinds[kind].schema));

const answer = z.object({
  changes: z.array(
    z.object({
      who,
      portal: z.string(),
      server: z.string().optional(),
      tool: z.string().optional(),
      change: z.enum(['gains', 'loses']),
      from: decided,
      to: decided,
    }),
  ),
  /** How many people and service tokens were looked at. */
  subjects: z.number().int(),
  warnings: z.array(z.object({ at: z.string(), message: z.string() })),
  notes: z.array(z.string()),
});

export const diffPolicies: GuardedRoute = {
  operation: 'diffPolicies',
  method: 'POST',
  path: '/api/v1/policies/diff',
  summary: 'Who would gain and who would lose access by applying documents; nothing is stored',
  permission: 'documents:read',
  body: z.strictObject({ documents: z.array(document), from: z.array(document).optional() }),
  answer,
  async handle(api, { request }) {
    const { documents, from } = readBody(envelope, request);
    const compared = await comparedWorlds(
      api,
      placedDocuments(documents, 'documents'),
      from && placedDocuments(from, 'from'),
    );
    const { changes, subjects, notes } = await accessChanges(api, compared.portals);
    return jsonResponse(200, {
      changes,
      subjects,
      warnings: compared.warnings,
      notes: [...compared.notes, ...notes],
    });
  },
};
