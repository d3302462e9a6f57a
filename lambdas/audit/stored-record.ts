import { hash } from 'node:crypto';
import { canonicalJson } from '../shared/canonical-json.ts';

/**
 * What a record is about. It decides the OCSF 1.9 class: intent and outcome are API Activity (6003),
 * authentication is Authentication (3002), change is Entity Management (3004).
 */
export type RecordType = 'intent' | 'outcome' | 'authentication' | 'change';

export const OCSF_CLASS: Readonly<Record<RecordType, number>> = {
  intent: 6003,
  outcome: 6003,
  authentication: 3002,
  change: 3004,
};

/** The attributes of a record before it joins a chain: flat, short, absent when there is nothing to say. */
export interface RecordFields {
  type: RecordType;
  exchange?: string;
  /** The person's id, key of the index `by-person`; never empty. */
  person?: string;
  email?: string;
  /** The id of a service token. */
  service?: string;
  serviceTitle?: string;
  /** Key of the index `by-session`; never empty. */
  session?: string;
  client?: string;
  clientName?: string;
  ip?: string;
  agent?: string;
  portal?: string;
  method?: string;
  server?: string;
  tool?: string;
  allowed?: boolean;
  level?: string;
  /** Absent when no policy decided. */
  policy?: string;
  reason?: string;
  status?: string;
  errorCode?: number;
  totalMs?: number;
  upstreamMs?: number;
  reqBytes?: number;
  resBytes?: number;
  /** SHA-256 (base64url) of the payload's JSON, where one is kept. */
  payload?: string;
  activity?: string;
  /** The identity provider of a sign-in. */
  idp?: string;
  kind?: string;
  document?: string;
  before?: string;
  after?: string;
}

/** One item of the audit table. */
export interface StoredRecord extends RecordFields {
  pk: string;
  sk: string;
  /** Epoch seconds. */
  ttl: number;
  /** The hash chain of one execution environment, its records counted from 0. */
  chain: string;
  seq: number;
  /** The `hash` of the chain's record before; empty in the first one. */
  prev: string;
  /** In a first record: `<chain>#<seq>` of the record whose write failed and ended the chain before this. */
  follows?: string;
  /** SHA-256 (base64url) of the canonical JSON of everything else in the item. */
  hash: string;
}

/** The hash that an item with these attributes must carry. */
export function recordHash(item: object): string {
  const { hash: _, ...content } = { hash: undefined, ...item };
  return hash('sha256', canonicalJson(content), 'base64url');
}
