import * as z from 'zod';
import { explainFaults } from '../../shared/documents/faults.ts';
import { kindNames, kinds } from '../../shared/documents/kinds.ts';
import { invalid } from '../../shared/documents/parse-document.ts';
import { jsonResponse } from '../../shared/http.ts';
import { changeDocuments } from '../change-documents.ts';
import { type PlacedDocument, placedDocuments } from '../check-set.ts';
import { parseJsonBody } from '../json-body.ts';
import type { GuardedRoute } from '../route.ts';

const envelope = z.strictObject({ documents: z.array(z.unknown()).min(1).max(1000) });

const answer = z.object({
  results: z.array(
    z.object({
      kind: z.enum(kindNames),
      id: z.string(),
      result: z.enum(['created', 'updated', 'unchanged']),
      version: z.number().int(),
      sync: z
        .object({
          status: z.enum(['synced', 'failed']),
          tools: z.number().int(),
          message: z.string().optional(),
        })
        .optional(),
    }),
  ),
  portals: z.array(z.object({ id: z.string(), version: z.string().nullable() })),
  /** Done as asked, and to be looked at. */
  warnings: z.array(z.object({ at: z.string(), message: z.string() })),
});

function readSet(value: unknown): PlacedDocument[] {
  const result = envelope.safeParse(value);
  if (!result.success) throw invalid(explainFaults(result.error, envelope, ''), 'invalid_request');
  return placedDocuments(result.data.documents, 'documents');
}

export const applyDocuments: GuardedRoute = {
  operation: 'applyDocuments',
  method: 'POST',
  path: '/api/v1/apply',
  summary: 'Create or replace a set of documents: all or nothing, in any order, as often as you like',
  permission: 'documents:write',
  attempt: { activity: 'update', kind: 'Document' },
  body: z.strictObject({
    documents: z.array(z.union(kindNames.map((kind) => kinds[kind].schema))).min(1),
  }),
  answer,
  async handle(api, call) {
    const set = readSet(parseJsonBody(call.request.body));
    return jsonResponse(200, await changeDocuments(api, call, set));
  },
};
