import type * as z from 'zod';
import type { Actor, AuditWriter, Change } from '../audit/record.ts';
import type { EvidenceSource } from '../policy/settle.ts';
import type { Kind } from '../shared/documents/kinds.ts';
import type { ProgramPermission } from '../shared/documents/service-token.ts';
import type { HttpRequest, HttpResponse } from '../shared/http.ts';
import type { Table } from '../shared/table.ts';
import type { Administrator, AuthenticationOptions, Caller } from './administrator.ts';
import type { Announce } from './announce.ts';
import type { KnownFacts } from './check-selectors.ts';
import type { HealthSources } from './health/health.ts';
import type { PublishOptions } from './publish.ts';
import type { Permission } from './roles.ts';
import type { SyncOptions } from './sync-servers.ts';

/** What the handlers work with. */
export interface AdminApi extends PublishOptions, SyncOptions, AuthenticationOptions {
  portalIds: readonly string[];
  knownFacts: KnownFacts;
  audit: AuditWriter;
  auditTable: Table;
  identity: Table;
  announce: Announce;
  health: HealthSources;
  /** Where a test of policies looks up what decisions ask for; without it all of that is unknown. */
  evidence?: EvidenceSource;
}

export interface PersonalCall {
  request: HttpRequest;
  /** The id in the path; empty for a path that has none. */
  id: string;
  caller: Caller;
}

/** Whoever may do something, for the record. */
export interface Acting {
  caller: { actor: Actor };
}

/** A call of somebody with a role, or of a program whose document lets it. */
export interface ProgramCall extends Acting {
  request: HttpRequest;
  id: string;
  caller: { actor: Actor /** A person's address, or a service token's id. */; name: string };
}

/** A call of somebody who has a role. */
export interface Call extends PersonalCall {
  caller: Administrator;
}

/** What a refused attempt is recorded as. */
export interface Attempt {
  activity: Change['activity'];
  kind: string;
}

interface Described {
  operation: string;
  method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  /** With at most one `{id}`. */
  path: string;
  summary: string;
  /** The kind of document that the path is about. */
  kind?: Kind;
  query?: z.ZodObject;
  /** Request headers beyond the token, with what they are for. */
  headers?: Readonly<Record<string, string>>;
  body?: z.ZodType;
  /** The request may come without its body. */
  bodyOptional?: boolean;
  answer: z.ZodType;
}

/** A route that anyone may read. */
export interface OpenRoute extends Described {
  permission: null;
  programs?: never;
  handle(): HttpResponse;
}

export interface GuardedRoute extends Described {
  permission: Permission;
  programs?: never;
  /** Only for routes that change something. */
  attempt?: Attempt;
  handle(api: AdminApi, call: Call): Promise<HttpResponse>;
}

/** A route for whoever is signed in, about nothing but themselves. */
export interface PersonalRoute extends Described {
  permission: 'self';
  programs?: never;
  attempt?: never;
  handle(api: AdminApi, call: PersonalCall): Promise<HttpResponse>;
}

/** A route for programs too. */
export interface ProgramRoute extends Described {
  permission: ProgramPermission;
  programs: true;
  attempt: Attempt;
  handle(api: AdminApi, call: ProgramCall): Promise<HttpResponse>;
}

export type Route = OpenRoute | GuardedRoute | PersonalRoute | ProgramRoute;
