import * as z from 'zod';
import type { Item } from '../shared/table.ts';
import type { Actor, AuditWriter, Change } from './record.ts';

const text = z.string().optional();
const actorFields = {
  person: text,
  email: text,
  service: text,
  serviceTitle: text,
  session: text,
  client: text,
  clientName: text,
  ip: text,
  agent: text,
};
const activities = {
  create: 'create',
  update: 'update',
  delete: 'delete',
  sync: 'sync',
  approve: 'approve',
  deny: 'deny',
} as const satisfies { [Activity in Change['activity']]: Activity };

const intent = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('intent'),
    exchange: z.string(),
    ...actorFields,
    portal: z.string(),
    method: z.string(),
    server: text,
    tool: text,
    allowed: z.boolean(),
    level: z.enum(['portal', 'server']).optional(),
    policy: text,
  }),
  z.object({
    type: z.literal('change'),
    exchange: z.string(),
    ...actorFields,
    activity: z.enum(activities),
    kind: z.string(),
    document: z.string(),
    before: text,
    after: text,
  }),
]);

type Intent = z.output<typeof intent>;

const NOT_KNOWN = 'Not known whether it was done: no outcome was recorded within 15 minutes.';

/** Names every member of an actor, so that none is forgotten when there are more. */
const actorOf = (by: Intent): { [Member in keyof Required<Actor>]: Actor[Member] } => ({
  person:
    by.person === undefined && by.email === undefined
      ? undefined
      : { id: by.person ?? '', email: by.email ?? '' },
  service: by.service === undefined ? undefined : { id: by.service, title: by.serviceTitle },
  session: by.session,
  client: by.client === undefined ? undefined : { id: by.client, name: by.clientName },
  ip: by.ip,
  userAgent: by.agent,
});

/**
 * Records that the outcome of an intent is unknown, in the name of whoever intended it.
 * @throws SallyportError `audit_unavailable` when that is not known to be stored; ZodError for an item that is
 * no intent.
 */
export async function recordUnknown(audit: AuditWriter, item: Item): Promise<void> {
  const intended = intent.parse(item);
  const { exchange } = intended;
  const actor = actorOf(intended);
  if (intended.type === 'change') {
    const { activity, kind, document, before, after } = intended;
    const reason = `${NOT_KNOWN} Compare the document with its versions.`;
    const status = 'unknown';
    const about = { kind, id: document };
    await audit.change({ exchange, activity, actor, document: about, status, reason, before, after });
    return;
  }
  const { portal, method, server, tool, allowed, level, policy = null } = intended;
  const decision = {
    allowed,
    level,
    policy,
    reason: `${NOT_KNOWN} Check at the server before doing it again.`,
  };
  await audit.outcome({ exchange, actor, portal, method, server, tool, decision }, { status: 'unknown' });
}
