import { documentId } from '../../shared/documents/identifiers.ts';
import { type Kind, kinds } from '../../shared/documents/kinds.ts';
import { SallyportError } from '../../shared/errors.ts';
import { jsonResponse } from '../../shared/http.ts';
import { entityTag } from '../preconditions.ts';
import { representationOf, representWithStatus } from '../represent.ts';
import type { AdminApi, GuardedRoute } from '../route.ts';
import type { StoredDocument } from '../world.ts';

/** @throws SallyportError `not_found` 404. */
export async function existing(api: AdminApi, kind: Kind, id: string): Promise<StoredDocument> {
  const stored = documentId.safeParse(id).success ? await api.documents.get(kind, id) : undefined;
  if (stored) return stored;
  const message = `There is no ${kind} ${JSON.stringify(id.slice(0, 80))}.`;
  throw new SallyportError('not_found', 404, message, { at: 'path' });
}

export function getDocument(kind: Kind): GuardedRoute {
  const { plural, singular } = kinds[kind];
  return {
    operation: `get${kind}`,
    method: 'GET',
    path: `/api/v1/${plural}/{id}`,
    summary: `One ${singular}`,
    permission: 'documents:read',
    kind,
    answer: representationOf(kind),
    async handle(api, { id }) {
      const stored = await existing(api, kind, id);
      const answer = await representWithStatus(api, stored);
      return jsonResponse(200, answer, { etag: entityTag(stored.version) });
    },
  };
}
