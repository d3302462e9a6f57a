import type { PolicySpec } from '../shared/documents/policy.ts';

/** A person who asks, and from where. An unknown attribute is left out. */
export interface PersonSubject {
  email?: string;
  groups?: readonly string[];
  /** The request's source address. */
  ip?: string;
  serviceToken?: never;
}

/** A service token that asks, and from where: it has no e-mail address and no groups. */
export interface ServiceSubject {
  /** The id of its document. */
  serviceToken: string;
  ip?: string;
  email?: never;
  groups?: never;
}

/** Who asks: everything that a policy may look at. */
export type Subject = PersonSubject | ServiceSubject;

/** A policy as it stands in a portal's snapshot. */
export interface NamedPolicy {
  id: string;
  spec: PolicySpec;
}

/** How one policy judged the subject: why it matched or which part kept it from matching. */
export interface TraceStep {
  level: 'portal' | 'server';
  policy: string;
  action: 'allow' | 'block';
  matched: boolean;
  /** For example `include group "engineering" did not match`. */
  because: string;
}

export interface Decision {
  allowed: boolean;
  /** The level and policy that decided; `policy` is null when no policy matched (default deny). */
  level: 'portal' | 'server';
  policy: string | null;
  /** For the person: names the rule and what to do. */
  reason: string;
  trace: readonly TraceStep[];
}
