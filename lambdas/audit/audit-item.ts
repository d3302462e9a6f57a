import * as z from 'zod';
import { readSortKey } from './keys.ts';

/** A record as the audit table holds it; anything else in the item is not for people. */
const storedRecord = z.object({
  type: z.enum(['intent', 'outcome', 'authentication', 'change']),
  exchange: z.string().optional(),
  person: z.string().optional(),
  email: z.string().optional(),
  service: z.string().optional(),
  serviceTitle: z.string().optional(),
  session: z.string().optional(),
  client: z.string().optional(),
  clientName: z.string().optional(),
  ip: z.string().optional(),
  agent: z.string().optional(),
  portal: z.string().optional(),
  method: z.string().optional(),
  server: z.string().optional(),
  tool: z.string().optional(),
  allowed: z.boolean().optional(),
  level: z.enum(['portal', 'server']).optional(),
  policy: z.string().optional(),
  reason: z.string().optional(),
  status: z.string().optional(),
  errorCode: z.number().optional(),
  totalMs: z.number().optional(),
  upstreamMs: z.number().optional(),
  reqBytes: z.number().optional(),
  resBytes: z.number().optional(),
  payload: z.string().optional(),
  activity: z.string().optional(),
  idp: z.string().optional(),
  kind: z.string().optional(),
  document: z.string().optional(),
  before: z.string().optional(),
  after: z.string().optional(),
  chain: z.string(),
  seq: z.number(),
});

/**
 * One audit record as the admin API answers it. Members that do not apply are absent; text that ends in
 * `…[+N]` was cut by N characters. `unreadable` marks a record that is not as the writer wrote it.
 */
export const auditItem = z.object({
  id: z.string(),
  /** ISO 8601, UTC. */
  time: z.string(),
  type: z.enum(['intent', 'outcome', 'authentication', 'change', 'unreadable']),
  /** Shared by the intent and the outcome of a call or a change. */
  exchange: z.string().optional(),
  person: z.object({ id: z.string().optional(), email: z.string().optional() }).optional(),
  /** A service token, where no person acted. */
  service: z.object({ id: z.string(), title: z.string().optional() }).optional(),
  session: z.string().optional(),
  client: z.object({ id: z.string(), name: z.string().optional() }).optional(),
  ip: z.string().optional(),
  userAgent: z.string().optional(),
  portal: z.string().optional(),
  method: z.string().optional(),
  server: z.string().optional(),
  /** The tool's own name at its server. */
  tool: z.string().optional(),
  /** Of a call; `policy` is null for the default deny and for refusals that no policy made. */
  decision: z
    .object({
      allowed: z.boolean(),
      level: z.enum(['portal', 'server']).optional(),
      policy: z.string().nullable(),
      reason: z.string(),
    })
    .optional(),
  /** Of an outcome: success, tool-error, error, denied, cancelled, unknown; else intent, success, failure, denied, unknown. */
  status: z.string().optional(),
  /** Of an authentication or a change: why it failed. */
  reason: z.string().optional(),
  /** JSON-RPC. */
  errorCode: z.number().optional(),
  /** Milliseconds: all of it, and the wait for the server within it. */
  timings: z.object({ totalMs: z.number(), upstreamMs: z.number().optional() }).optional(),
  bytes: z.object({ request: z.number(), response: z.number() }).optional(),
  /** Where arguments and answer are kept: the SHA-256 (base64url) of their JSON. */
  payload: z.object({ sha256: z.string() }).optional(),
  /** Of an authentication or a change: what was done. */
  activity: z.string().optional(),
  /** Of a sign-in: the identity provider, as far as it is known. */
  idp: z.string().optional(),
  document: z.object({ kind: z.string(), id: z.string() }).optional(),
  /** Content hash of the document before and after a change. */
  before: z.string().optional(),
  after: z.string().optional(),
  /** The hash chain, and the record's place in it. */
  chain: z.string().optional(),
  seq: z.number().optional(),
});

export type AuditItem = z.output<typeof auditItem>;

/** An item of the audit table in its public form. */
export function toAuditItem(item: { sk: string }): AuditItem {
  const { id, time } = readSortKey(item.sk) ?? { id: item.sk, time: item.sk.slice(0, 24) };
  const parsed = storedRecord.safeParse(item);
  if (!parsed.success) return { id, time, type: 'unreadable' };
  const r = parsed.data;
  const { type, exchange, session, ip, portal, method, server, tool, status, errorCode } = r;
  const decided = r.allowed !== undefined;
  return present<AuditItem>({
    id,
    time,
    type,
    exchange,
    person: r.person || r.email ? present({ id: r.person, email: r.email }) : undefined,
    service: r.service === undefined ? undefined : present({ id: r.service, title: r.serviceTitle }),
    session,
    client: r.client === undefined ? undefined : present({ id: r.client, name: r.clientName }),
    ip,
    userAgent: r.agent,
    portal,
    method,
    server,
    tool,
    decision: decided
      ? present({
          allowed: r.allowed === true,
          level: r.level,
          policy: r.policy ?? null,
          reason: r.reason ?? '',
        })
      : undefined,
    status,
    reason: decided ? undefined : r.reason,
    errorCode,
    timings: r.totalMs === undefined ? undefined : present({ totalMs: r.totalMs, upstreamMs: r.upstreamMs }),
    bytes: r.reqBytes === undefined ? undefined : { request: r.reqBytes, response: r.resBytes ?? 0 },
    payload: r.payload === undefined ? undefined : { sha256: r.payload },
    activity: r.activity,
    idp: r.idp,
    document: r.kind === undefined ? undefined : { kind: r.kind, id: r.document ?? '' },
    before: r.before,
    after: r.after,
    chain: r.chain,
    seq: r.seq,
  });
}

/** Leaves out what is undefined, so that absent is absent in every form of output. */
const present = <T extends object>(value: T): T =>
  Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as T;
