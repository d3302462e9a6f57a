import type { Grant, Provider } from 'oidc-provider';
import * as z from 'zod';
import type { Resources } from '../../shared/origin.ts';
import type { Table } from '../../shared/table.ts';
import { scopeOf } from '../authorization-request.ts';
import { isLoopback } from '../clients/redirect-rules.ts';
import { itemKey } from '../item-key.ts';
import { LIFETIME, nowSeconds } from '../lifetimes.ts';
import { accessSessionKey } from './people-store.ts';
import type { AccessSession } from './person.ts';
import { revocationsOf } from './revocations.ts';

/** Scopes about the person, beside those of the resources. */
export const IDENTITY_SCOPES = ['openid', 'profile', 'email', 'offline_access'] as const;

/** Grants that the item of one sign-in lists. */
const LISTED_MOST = 500;

const requestSchema = z.object({
  client_id: z.string(),
  scope: z.string().optional(),
  resource: z.union([z.string(), z.array(z.string())]).optional(),
  redirect_uri: z.string().optional(),
});

export interface RequestedAccess {
  clientId: string;
  /** Where the answer goes; undefined for a request that has no browser to redirect. */
  redirectUri?: string | undefined;
  /** The hosts that the application is known by. */
  clientHosts?: readonly string[] | undefined;
  identityScopes: readonly string[];
  /** Resource to scope. */
  resources: ReadonlyMap<string, string>;
}

/** What an authorization request asks for, from the parameters that the library kept. */
export function requestedAccess(parameters: unknown, resources: Resources): RequestedAccess {
  const { client_id: clientId, scope, resource, redirect_uri: redirectUri } = requestSchema.parse(parameters);
  const scopes = new Set(scope?.split(' '));
  const wanted = new Map<string, string>();
  for (const indicator of resource === undefined ? [] : [resource].flat()) {
    const granted = scopeOf(indicator, clientId, resources);
    if (granted && scopes.has(granted)) wanted.set(indicator, granted);
  }
  const identityScopes = IDENTITY_SCOPES.filter((name) => scopes.has(name));
  return { clientId, redirectUri, identityScopes, resources: wanted };
}

/** Where an application is at home, by the address of its metadata document, else of its redirect. */
function hostOf({ clientId, redirectUri }: RequestedAccess): string | undefined {
  const url = URL.parse(clientId) ?? (redirectUri === undefined ? null : URL.parse(redirectUri));
  if (!url) return undefined;
  if (isLoopback(url.href)) return 'localhost';
  return url.protocol === 'https:' ? url.host : url.protocol;
}

/** The grants that people gave, each resting on the sign-in in which it was given. */
export class Grants {
  readonly #identity: Table;

  constructor(identity: Table) {
    this.#identity = identity;
  }

  /**
   * Every consent makes a grant of its own, so that ending one connection leaves the others alone.
   * @param lifetime seconds; the longest that there is unless it is given.
   */
  async create(
    provider: Provider,
    { person, sid }: Pick<AccessSession, 'person' | 'sid'>,
    access: RequestedAccess,
    clientName: string | undefined,
    lifetime: number = LIFETIME.accessSession,
  ): Promise<string> {
    const revocations = await revocationsOf(this.#identity, access.clientId);
    const grant = Object.assign(new provider.Grant({ accountId: person.id, clientId: access.clientId }), {
      expiresIn: lifetime,
    });
    if (access.identityScopes.length > 0) grant.addOIDCScope([...access.identityScopes]);
    for (const [resource, scope] of access.resources) grant.addResourceScope(resource, scope);
    const id = await grant.save();
    await this.#describe(id, {
      sid,
      grantedAt: nowSeconds(),
      revocations,
      clientName,
      host: hostOf(access),
      hosts: access.clientHosts && [...access.clientHosts],
    });
    await this.#list(sid, id);
    return id;
  }

  async #describe(id: string, more: Record<string, unknown>): Promise<void> {
    const known = Object.entries(more).filter(([, value]) => value !== undefined);
    await this.#identity.update(
      itemKey('Grant', id),
      {
        expression: `SET ${known.map(([name]) => `#${name} = :${name}`).join(', ')}`,
        names: Object.fromEntries(known.map(([name]) => [`#${name}`, name])),
        values: Object.fromEntries(known.map(([name, value]) => [`:${name}`, value])),
      },
      'attribute_exists(pk)',
    );
  }

  /** Whoever looks at a sign-in or ends it finds its grants there; one that is too many is only not shown. */
  async #list(sid: string, id: string): Promise<void> {
    await this.#identity.update(
      accessSessionKey(sid),
      {
        expression: 'ADD grants :grant',
        values: { ':grant': new Set([id]), ':most': LISTED_MOST },
      },
      'attribute_exists(pk) AND (attribute_not_exists(grants) OR size(grants) < :most)',
    );
  }

  /** The sign-in that a grant rests on. */
  async sidOf(grantId: string): Promise<string | undefined> {
    const item = await this.#identity.get(itemKey('Grant', grantId));
    return typeof item?.sid === 'string' ? item.sid : undefined;
  }

  /** A grant that this very sign-in gave; an older one does not speak for it. */
  async ofSignIn(provider: Provider, grantId: string, sid: string): Promise<Grant | undefined> {
    return (await this.sidOf(grantId)) === sid ? provider.Grant.find(grantId) : undefined;
  }
}
