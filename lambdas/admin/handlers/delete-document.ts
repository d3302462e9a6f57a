import * as z from 'zod';
import { type Kind, kinds } from '../../shared/documents/kinds.ts';
import { SallyportError } from '../../shared/errors.ts';
import { jsonResponse } from '../../shared/http.ts';
import { authorOf, lostRace } from '../change-documents.ts';
import { findReferrers } from '../find-referrers.ts';
import { checkPrecondition } from '../preconditions.ts';
import { publishPortals } from '../publish.ts';
import { recordChanges } from '../record-changes.ts';
import type { AdminApi, Call, GuardedRoute } from '../route.ts';
import { removeServiceSecrets } from '../service-secrets.ts';
import { documentKey, type StoredDocument, type World } from '../world.ts';
import { existing } from './get-document.ts';

function refuseIfUsed(world: World, kind: Kind, id: string): void {
  const referrers = findReferrers(world, kind, id).map((d) => `${d.kind} "${d.metadata.id}"`);
  if (referrers.length === 0) return;
  const shown = referrers.slice(0, 10).join(', ');
  const more = referrers.length > 10 ? ` and ${referrers.length - 10} more` : '';
  const message = `${kind} "${id}" is used by ${shown}${more}: take it out there first.`;
  throw new SallyportError('in_use', 409, message, { at: 'path' });
}

async function remove(api: AdminApi, call: Call, kind: Kind): Promise<StoredDocument> {
  const world = await api.documents.load();
  const before = world.documents.get(documentKey(kind, call.id)) ?? (await existing(api, kind, call.id));
  checkPrecondition(call.request, before);
  refuseIfUsed(world, kind, call.id);
  const { id } = call;
  const change = { activity: 'delete', document: { kind, id }, before: before.hash } as const;
  await recordChanges(api, call, [change], async () => {
    // First, so that nothing of it is left to come back with a document of the same id.
    if (kind === 'ServiceToken') await removeServiceSecrets(api.identity, id);
    const write = { kind, id, before, after: undefined };
    if (!(await api.documents.commit(world.revision, [write], authorOf(call)))) throw lostRace();
  });
  return before;
}

export function deleteDocument(kind: Kind): GuardedRoute {
  const { plural, singular } = kinds[kind];
  return {
    operation: `delete${kind}`,
    method: 'DELETE',
    path: `/api/v1/${plural}/{id}`,
    summary: `Delete a ${singular} that no other document names; its versions are kept`,
    permission: 'documents:write',
    attempt: { activity: 'delete', kind },
    kind,
    headers: { 'If-Match': 'The version that must be there, such as "3"' },
    answer: z.object({ kind: z.literal(kind), id: z.string(), result: z.literal('deleted') }),
    async handle(api, call) {
      const before = await remove(api, call, kind);
      const { id, caller } = call;
      await api.announce([
        { kind, id, change: 'deleted', version: before.version + 1, by: caller.person.id },
      ]);
      if (kind === 'Server') await api.catalogs.remove(id);
      if (kind === 'Portal') await publishPortals(api, [id]);
      return jsonResponse(200, { kind, id, result: 'deleted' });
    },
  };
}
