/** Who did something: attributes as they were at that moment. */
export interface Actor {
  person?: { id: string; email: string };
  /** A service token, by the id of its document; never beside a person. */
  service?: { id: string; title?: string };
  session?: string;
  client?: { id: string; name?: string };
  ip?: string;
  userAgent?: string;
}

/** The rule that decided; `policy` is null for the default deny and for refusals that no policy made. */
export interface RecordedDecision {
  allowed: boolean;
  level?: 'portal' | 'server' | 'tool';
  policy: string | null;
  reason: string;
}

/** A call through the portal: what was asked. */
export interface Exchange {
  /** Shared by the intent and the outcome. */
  exchange: string;
  actor: Actor;
  portal: string;
  method: string;
  server?: string;
  /** The tool's, prompt's or resource's own name at its server. */
  tool?: string;
  decision: RecordedDecision;
}

export type OutcomeStatus = 'success' | 'tool-error' | 'error' | 'denied' | 'cancelled' | 'unknown';

export interface Outcome {
  status: OutcomeStatus;
  /** JSON-RPC error code, when there was one. */
  errorCode?: number;
  /** Milliseconds: the whole exchange, and the wait for the server within it; absent when nobody saw it end. */
  totalMs?: number;
  upstreamMs?: number;
  requestBytes?: number;
  responseBytes?: number;
}

/** Sign-ins and other steps of authentication, failed ones too. */
export interface Authentication {
  activity:
    | 'sign-in'
    | 'sign-out'
    | 'token'
    | 'consent'
    | 'client-registered'
    | 'client-held'
    | 'revocation'
    | 'key-rotation'
    | 'step-up'
    | 'justification'
    | 'approval-request'
    | 'approval';
  actor: Actor;
  status: 'success' | 'failure';
  /** The identity provider that somebody signed in with, as far as it is known. */
  idp?: string;
  reason?: string;
}

/** A change of configuration through the admin API, refused ones too. */
export interface Change {
  /** Shared by the intent and the outcome of one change. */
  exchange?: string;
  activity: 'create' | 'update' | 'delete' | 'sync' | 'approve' | 'deny';
  actor: Actor;
  document: { kind: string; id: string };
  status: 'intent' | 'success' | 'denied' | 'failure' | 'unknown';
  reason?: string;
  /** Content hash of the document before and after. */
  before?: string;
  after?: string;
}

/** What a call carried, kept apart from its record and only when the portal says `payloads: full`. */
export interface Payload {
  arguments: unknown;
  answer: unknown;
}

/** Writes immutable records; a rejected promise means the record is not known to be stored. */
export interface AuditWriter {
  /** Must be awaited before a state-changing call goes out. */
  intent(exchange: Exchange): Promise<void>;
  outcome(exchange: Exchange, outcome: Outcome, payload?: Payload): Promise<void>;
  authentication(event: Authentication): Promise<void>;
  change(event: Change): Promise<void>;
}
