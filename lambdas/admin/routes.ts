import { kindNames } from '../shared/documents/kinds.ts';
import { applyDocuments } from './handlers/apply-documents.ts';
import { approveClient, denyClient } from './handlers/decide-client.ts';
import { deleteDocument } from './handlers/delete-document.ts';
import { deleteDevice, listDevices, putDevices } from './handlers/devices.ts';
import { diffPolicies } from './handlers/diff-policies.ts';
import { getDocument } from './handlers/get-document.ts';
import { listAuditRecords } from './handlers/list-audit.ts';
import { listClients } from './handlers/list-clients.ts';
import { listDocuments } from './handlers/list-documents.ts';
import { listMySessions, listSessions } from './handlers/list-sessions.ts';
import { decideApproval, listMyApprovals } from './handlers/my-approvals.ts';
import { getRisk, putRisk } from './handlers/person-risk.ts';
import { putDocument } from './handlers/put-document.ts';
import { readHealth } from './handlers/read-health.ts';
import { readOpenapi } from './handlers/read-openapi.ts';
import { revokeMySessions, revokeSessions } from './handlers/revoke-sessions.ts';
import { revokeServiceTokenSecrets, rotateServiceTokenSecret } from './handlers/service-token-secrets.ts';
import { syncOneServer } from './handlers/sync-server.ts';
import { testPolicies } from './handlers/test-policies.ts';
import { whoAmI } from './handlers/who-am-i.ts';
import { whoMay } from './handlers/who-may.ts';
import type { Route } from './route.ts';

const guarded: readonly Route[] = [
  whoAmI,
  ...kindNames.flatMap((kind) => [
    listDocuments(kind),
    getDocument(kind),
    putDocument(kind),
    deleteDocument(kind),
  ]),
  applyDocuments,
  syncOneServer,
  listAuditRecords,
  readHealth,
  listSessions,
  revokeSessions,
  listMySessions,
  revokeMySessions,
  listMyApprovals,
  decideApproval,
  putDevices,
  listDevices,
  deleteDevice,
  getRisk,
  putRisk,
  listClients,
  approveClient,
  denyClient,
  rotateServiceTokenSecret,
  revokeServiceTokenSecrets,
  testPolicies,
  whoMay,
  diffPolicies,
];

/** Every route of the admin API. */
export const routes: readonly Route[] = [readOpenapi(guarded), ...guarded];

/** The routes of a path, whatever their method, with the id that stands in it. */
export function routesAt(path: string): { routes: Route[]; id: string } {
  let id = '';
  const found = routes.filter((route) => {
    const [before = '', after] = route.path.split('{id}');
    if (after === undefined) return path === route.path;
    const between = path.slice(before.length, path.length - after.length);
    const fits = path.startsWith(before) && path.endsWith(after) && between !== '' && !between.includes('/');
    if (fits) id = between;
    return fits;
  });
  return { routes: found, id };
}
