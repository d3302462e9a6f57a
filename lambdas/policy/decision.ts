import type { DataLabel, ServerLabel, ToolRisk } from '../shared/documents/labels.ts';
import type { PolicyAction, PolicySpec } from '../shared/documents/policy.ts';

/** A client certificate that the gateway verified. */
export interface Certificate {
  commonName: string | undefined;
  /** SHA-256, lower-case hexadecimal. */
  fingerprint: string;
}

/** Where a request comes from; what is unknown is left out. */
export interface Circumstances {
  /** The request's source address. */
  ip?: string;
  /** ISO 3166-1 alpha-2. */
  country?: string;
  /** Null when the request could have had one and did not. */
  certificate?: Certificate | null;
  /** The OAuth client, and the hosts that it is known by. */
  client?: { id: string; hosts: readonly string[] };
  /** Epoch milliseconds; the time of the decision unless it is given. */
  now?: number;
}

/** A person who asks, and from where. An unknown attribute is left out. */
export interface PersonSubject extends Circumstances {
  /** The person's id, which evidence is looked up by. */
  person?: string;
  email?: string;
  groups?: readonly string[];
  /** Claims of the identity provider, each with its values. */
  claims?: Readonly<Record<string, readonly string[]>>;
  /** The identity provider that the person signed in with. */
  loginMethod?: string;
  /** The session, and when (epoch seconds) and how (RFC 8176) it began. */
  session?: string;
  authenticatedAt?: number;
  authenticationMethods?: readonly string[];
  serviceToken?: never;
}

/** A service token that asks, and from where: it has no e-mail address and no groups. */
export interface ServiceSubject extends Circumstances {
  /** The id of its document. */
  serviceToken: string;
  email?: never;
  groups?: never;
}

/** Who asks: everything about a holder and a request that a policy may look at. */
export type Subject = PersonSubject | ServiceSubject;

export type Risk = 'none' | 'low' | 'medium' | 'high';

/** A device of a person, as it was last reported. */
export interface Device {
  id: string;
  /** Epoch seconds of the report. */
  reportedAt: number;
  /** Fingerprints of certificates that it holds: a request with one of them is known to come from this device. */
  certificates: readonly string[];
  checks: Readonly<Record<string, boolean>>;
}

/** What a session has done to meet the conditions of policies. */
export interface Fulfilled {
  /** The last fresh sign-in: epoch seconds and methods. */
  steppedUp?: { at: number; methods: readonly string[] };
  /** Policies whose question was answered in this session. */
  justified: ReadonlySet<string>;
  /** Policies that somebody approved for this person, and still do. */
  approved: ReadonlySet<string>;
}

/** What is looked up only when a decision asks for it; until then it is unknown. */
export interface Evidence {
  risk?: Risk;
  devices?: readonly Device[];
  taints?: ReadonlySet<DataLabel>;
  fulfilled?: Fulfilled;
  /** By the id of the evaluation. */
  external?: ReadonlyMap<string, boolean>;
}

/** A piece of evidence that a decision asked for and did not have. */
export type Ask = Exclude<keyof Evidence, 'external'> | `external:${string}`;

/** What a request is about: a tool, its server, and the arguments of a call. */
export interface Target {
  labels?: readonly ServerLabel[];
  toolRisk?: ToolRisk;
  /** Undefined outside a call, `open` where any arguments are meant. */
  arguments?: unknown;
}

/** A policy as it stands in a portal's snapshot. */
export interface NamedPolicy {
  id: string;
  spec: PolicySpec;
}

export type Level = 'portal' | 'server' | 'tool';

/** How one policy judged the subject: why it matched or which part kept it from matching. */
export interface TraceStep {
  level: Level;
  policy: string;
  action: PolicyAction;
  matched: boolean;
  /** The selector that decided, such as `include[0]`; null when there was not one alone. */
  at: string | null;
  /** For example `include group "engineering" did not match`. */
  because: string;
}

/** What a person can do to be allowed after all. */
export interface Remedy {
  kind: 'sign-in' | 'step-up' | 'justification' | 'approval';
  level: Level;
  policy: string;
}

export interface Decision {
  allowed: boolean;
  /** The level and policy that decided; `policy` is null when no policy matched (default deny). */
  level: Level;
  policy: string | null;
  /** For the person: names the rule and what to do. */
  reason: string;
  trace: readonly TraceStep[];
  /** The policy has a message for whom it blocks, so they may know of it. */
  told?: true;
  /** What is left to do where policies let the person in under conditions; empty otherwise. */
  remedies: readonly Remedy[];
}
