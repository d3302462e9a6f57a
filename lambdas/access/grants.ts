import type { Grant, Provider } from 'oidc-provider';
import * as z from 'zod';
import type { Resources } from '../shared/origin.ts';
import type { Table } from '../shared/table.ts';
import { scopeOf } from './authorization-request.ts';
import type { AccessSession } from './person.ts';
import { itemKey } from './provider-store.ts';

/** Scopes about the person, beside those of the resources. */
export const IDENTITY_SCOPES = ['openid', 'profile', 'email', 'offline_access'] as const;

const requestSchema = z.object({
  client_id: z.string(),
  scope: z.string().optional(),
  resource: z.union([z.string(), z.array(z.string())]).optional(),
});

export interface RequestedAccess {
  clientId: string;
  identityScopes: readonly string[];
  /** Resource to scope. */
  resources: ReadonlyMap<string, string>;
}

/** What an authorization request asks for, from the parameters that the library kept. */
export function requestedAccess(parameters: unknown, resources: Resources): RequestedAccess {
  const { client_id: clientId, scope, resource } = requestSchema.parse(parameters);
  const scopes = new Set(scope?.split(' '));
  const wanted = new Map<string, string>();
  for (const indicator of resource === undefined ? [] : [resource].flat()) {
    const granted = scopeOf(indicator, clientId, resources);
    if (granted && scopes.has(granted)) wanted.set(indicator, granted);
  }
  return { clientId, identityScopes: IDENTITY_SCOPES.filter((name) => scopes.has(name)), resources: wanted };
}

/** The grants that people gave, each resting on the sign-in in which it was given. */
export class Grants {
  readonly #identity: Table;

  constructor(identity: Table) {
    this.#identity = identity;
  }

  /** Every consent makes a grant of its own, so that ending one connection leaves the others alone. */
  async create(
    provider: Provider,
    { person, sid }: Pick<AccessSession, 'person' | 'sid'>,
    access: RequestedAccess,
    clientName: string | undefined,
  ): Promise<string> {
    const grant = new provider.Grant({ accountId: person.id, clientId: access.clientId });
    if (access.identityScopes.length > 0) grant.addOIDCScope([...access.identityScopes]);
    for (const [resource, scope] of access.resources) grant.addResourceScope(resource, scope);
    const id = await grant.save();
    await this.#identity.update(
      itemKey('Grant', id),
      {
        expression: `SET sid = :sid${clientName === undefined ? '' : ', clientName = :name'}`,
        values: { ':sid': sid, ':name': clientName },
      },
      'attribute_exists(pk)',
    );
    return id;
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
