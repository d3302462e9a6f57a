import * as z from 'zod';
import { SallyportError } from '../../shared/errors.ts';
import { jsonResponse } from '../../shared/http.ts';
import { affectedPortals } from '../affected-portals.ts';
import { serverStatus } from '../catalog-store.ts';
import { syncAndRecord } from '../change-documents.ts';
import { publishPortals } from '../publish.ts';
import type { GuardedRoute } from '../route.ts';
import { keyOf } from '../world.ts';
import { existing } from './get-document.ts';

export const syncOneServer: GuardedRoute = {
  operation: 'syncServer',
  method: 'POST',
  path: '/api/v1/servers/{id}/sync',
  summary: 'Read again what a server offers, and put it in force',
  permission: 'servers:sync',
  attempt: { activity: 'sync', kind: 'Server' },
  kind: 'Server',
  answer: z.object({ id: z.string(), status: serverStatus }),
  async handle(api, call) {
    const { document } = await existing(api, 'Server', call.id);
    if (document.kind !== 'Server') throw new Error('the store mixed up its kinds');
    const status = await syncAndRecord(api, call, {
      target: { id: call.id, url: document.spec.url },
      documents: await api.documents.load(),
    });
    if (status.sync === 'failed') {
      const kept = status.syncedAt ? ` What was read at ${status.syncedAt} stays in use.` : '';
      throw new SallyportError(
        'sync_failed',
        502,
        `${status.message ?? 'The server could not be read.'}${kept}`,
      );
    }
    const world = await api.documents.load();
    await publishPortals(api, affectedPortals(world, new Set([keyOf(document)])));
    await api.announce([{ kind: 'Server', id: call.id, change: 'synced', by: call.caller.person.id }]);
    return jsonResponse(200, { id: call.id, status });
  },
};
