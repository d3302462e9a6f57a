import { type Kind, kinds } from '../../shared/documents/kinds.ts';
import { invalid, parseDocument } from '../../shared/documents/parse-document.ts';
import { jsonResponse } from '../../shared/http.ts';
import { changeDocuments } from '../change-documents.ts';
import { parseJsonBody } from '../json-body.ts';
import { checkPrecondition, entityTag } from '../preconditions.ts';
import { representationOf, representWithStatus } from '../represent.ts';
import type { GuardedRoute } from '../route.ts';
import { documentKey } from '../world.ts';
import { existing } from './get-document.ts';

export function putDocument(kind: Kind): GuardedRoute {
  const { plural, singular } = kinds[kind];
  return {
    operation: `put${kind}`,
    method: 'PUT',
    path: `/api/v1/${plural}/{id}`,
    summary: `Create or replace a ${singular}; the same content makes no new version`,
    permission: 'documents:write',
    attempt: { activity: 'update', kind },
    kind,
    headers: { 'If-Match': 'The version that must be there, such as "3"' },
    body: kinds[kind].schema,
    answer: representationOf(kind),
    async handle(api, call) {
      const { request, id } = call;
      const document = parseDocument(parseJsonBody(request.body), '');
      if (document.kind !== kind) {
        throw invalid([{ at: 'kind', message: `must be ${kind}, as the path says` }]);
      }
      if (document.metadata.id !== id) {
        throw invalid([{ at: 'metadata.id', message: `must be "${id.slice(0, 80)}", as the path says` }]);
      }
      const { results } = await changeDocuments(api, call, [{ at: '', document }], ({ documents }) =>
        checkPrecondition(request, documents.get(documentKey(kind, id))),
      );
      const stored = await existing(api, kind, id);
      const status = results[0]?.result === 'created' ? 201 : 200;
      const answer = await representWithStatus(api, stored);
      return jsonResponse(status, answer, { etag: entityTag(stored.version) });
    },
  };
}
