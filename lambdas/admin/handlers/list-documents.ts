import * as z from 'zod';
import { documentId } from '../../shared/documents/identifiers.ts';
import { type Kind, kinds } from '../../shared/documents/kinds.ts';
import { jsonResponse } from '../../shared/http.ts';
import { readQuery } from '../read-query.ts';
import { representationOf, representWithStatus } from '../represent.ts';
import type { GuardedRoute } from '../route.ts';

const query = z.strictObject({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  /** The `next` of the page before. */
  next: documentId.optional(),
});

export function listDocuments(kind: Kind): GuardedRoute {
  const { plural } = kinds[kind];
  return {
    operation: `list${kind}s`.replace(/ys$/, 'ies'),
    method: 'GET',
    path: `/api/v1/${plural}`,
    summary: `The ${plural}, in the order of their ids`,
    permission: 'documents:read',
    kind,
    query,
    answer: z.object({ items: z.array(representationOf(kind)), next: z.string().nullable() }),
    async handle(api, { request }) {
      const { limit, next } = readQuery(query, request);
      const page = await api.documents.page(kind, limit, next);
      const items = await Promise.all(page.items.map((stored) => representWithStatus(api, stored)));
      return jsonResponse(200, { items, next: page.next ?? null });
    },
  };
}
