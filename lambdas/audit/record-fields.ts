import type { Actor, Authentication, Change, Exchange, Outcome } from './record.ts';
import type { RecordFields } from './stored-record.ts';

const orAbsent = (text: string | undefined): string | undefined => (text === '' ? undefined : text);

/** Milliseconds to a tenth: more is noise that costs bytes. */
const tenths = (ms: number | undefined): number | undefined =>
  ms === undefined ? undefined : Math.round(ms * 10) / 10;

const actorFields = ({ person, service, session, client, ip, userAgent }: Actor) => ({
  person: orAbsent(person?.id),
  email: person?.email,
  service: service?.id,
  serviceTitle: service?.title,
  session: orAbsent(session),
  client: client?.id,
  clientName: client?.name,
  ip,
  agent: userAgent,
});

const exchangeFields = ({ exchange, actor, portal, method, server, tool, decision }: Exchange) => ({
  exchange,
  ...actorFields(actor),
  portal,
  method,
  server,
  tool,
  allowed: decision.allowed,
  level: decision.level,
  policy: decision.policy ?? undefined,
  reason: decision.reason,
});

export const intentFields = (exchange: Exchange): RecordFields => ({
  type: 'intent',
  ...exchangeFields(exchange),
});

export const outcomeFields = (exchange: Exchange, outcome: Outcome, payload?: string): RecordFields => ({
  type: 'outcome',
  ...exchangeFields(exchange),
  status: outcome.status,
  errorCode: outcome.errorCode,
  totalMs: tenths(outcome.totalMs),
  upstreamMs: tenths(outcome.upstreamMs),
  reqBytes: outcome.requestBytes,
  resBytes: outcome.responseBytes,
  payload,
});

export const authenticationFields = ({
  activity,
  actor,
  status,
  idp,
  reason,
}: Authentication): RecordFields => ({
  type: 'authentication',
  ...actorFields(actor),
  activity,
  status,
  idp,
  reason,
});

export const changeFields = (change: Change): RecordFields => ({
  type: 'change',
  exchange: change.exchange,
  ...actorFields(change.actor),
  activity: change.activity,
  kind: change.document.kind,
  document: change.document.id,
  status: change.status,
  reason: change.reason,
  before: change.before,
  after: change.after,
});
