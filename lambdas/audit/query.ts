import type { Item, Table } from '../shared/table.ts';
import { type AuditItem, toAuditItem } from './audit-item.ts';
import { fromCursor, toCursor } from './cursor.ts';
import { dayOf } from './keys.ts';
import { readDays } from './read-days.ts';
import { readPerson } from './read-person.ts';

export type { AuditItem } from './audit-item.ts';

export interface AuditFilter {
  /** Inclusive; without it, the last 31 days. */
  since?: Date;
  /** An e-mail address as it was in the record, or a person's id. */
  person?: string;
  /** The tool's own name at its server. */
  tool?: string;
  /** 1 to 500. */
  limit: number;
  /** The `next` of an earlier page with the same filter. */
  after?: string;
}

const DAY_MS = 86_400_000;
const DEFAULT_DAYS = 31;
const MAX_LIMIT = 500;

/**
 * Audit records, newest first. A page may be short or empty while `next` is not null, because the reads of
 * one page are bounded: go on until it is. Never scans.
 * @throws SallyportError `invalid_cursor` 400.
 */
export async function listAudit(
  audit: Table,
  filter: AuditFilter,
): Promise<{ items: AuditItem[]; next: string | null }> {
  const now = Date.now();
  const since = filter.since?.getTime() ?? now - DEFAULT_DAYS * DAY_MS;
  const window = {
    from: new Date(since).toISOString(),
    below: filter.after === undefined ? END_OF_TIME : fromCursor(filter.after),
  };
  if (window.below <= window.from) return { items: [], next: null };
  const limit = Math.min(Math.max(Math.trunc(filter.limit), 1), MAX_LIMIT);
  const { person, tool } = filter;
  const byId = person !== undefined && !person.includes('@');
  const email = byId ? undefined : person?.toLowerCase();
  const matches = (item: Item): boolean =>
    (tool === undefined || item.tool === tool) &&
    (email === undefined || (typeof item.email === 'string' && item.email.toLowerCase() === email));

  const wanted = { window, matches, limit };
  const found = byId
    ? await readPerson(audit, person, wanted)
    : await readDays(audit, dayOf(new Date(now).toISOString()), wanted);
  return {
    items: found.items.map(toAuditItem),
    next: found.position === null ? null : toCursor(found.position),
  };
}

/** Above every sort key. */
const END_OF_TIME = '9999-12-31T23:59:59.999Z#';
