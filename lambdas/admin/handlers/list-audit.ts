import * as z from 'zod';
import { auditItem } from '../../audit/audit-item.ts';
import { listAudit } from '../../audit/query.ts';
import { jsonResponse } from '../../shared/http.ts';
import { readQuery } from '../read-query.ts';
import type { GuardedRoute } from '../route.ts';

const query = z.strictObject({
  /** From this time on (ISO 8601); without it, the last 31 days. */
  since: z.iso.datetime({ offset: true, error: 'must be a time such as 2026-11-02T09:00:00Z' }).optional(),
  /** E-mail address or id. */
  person: z.string().min(1).max(320).optional(),
  /** The tool's own name at its server, without the slug. */
  tool: z.string().min(1).max(256).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
  /** The `next` of the page before. */
  next: z.string().max(1000).optional(),
});

export const listAuditRecords: GuardedRoute = {
  operation: 'listAudit',
  method: 'GET',
  path: '/api/v1/audit',
  summary: 'Audit records, newest first; a page may be short while `next` is not null',
  permission: 'audit:read',
  query,
  answer: z.object({ items: z.array(auditItem), next: z.string().nullable() }),
  async handle(api, { request }) {
    const { since, person, tool, limit, next } = readQuery(query, request);
    const page = await listAudit(api.auditTable, {
      limit,
      ...(since === undefined ? {} : { since: new Date(since) }),
      ...(person === undefined ? {} : { person }),
      ...(tool === undefined ? {} : { tool }),
      ...(next === undefined ? {} : { after: next }),
    });
    return jsonResponse(200, page);
  },
};
