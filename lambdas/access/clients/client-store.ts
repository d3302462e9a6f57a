import type { AdapterPayload } from 'oidc-provider';
import * as z from 'zod';
import type { Table } from '../../shared/table.ts';
import { itemKey } from '../item-key.ts';
import { LIFETIME, nowSeconds } from '../lifetimes.ts';
import type { OAuthOptions } from '../oauth-parts.ts';
import { ProviderStore } from '../provider-store.ts';
import { serviceOfClient } from '../sessions/holder.ts';
import { documentFetchThrough } from './client-document-fetch.ts';
import { ClientDocuments } from './client-documents.ts';
import { isUrl } from './client-id-url.ts';
import { narrowGrantTypes, servedGrantTypes } from './client-metadata.ts';
import { redirectFault } from './redirect-rules.ts';
import { requestSource } from './request-source.ts';
import { hashSecret } from './secret-hash.ts';

export interface ClientStoreOptions {
  identity: Table;
  allowedRedirects: readonly string[];
  /** Every grant that this deployment serves to clients. */
  grantTypes: readonly string[];
  documents: ClientDocuments;
  services: ClientSource;
}

/** Clients of one kind that are kept elsewhere. */
export interface ClientSource {
  find(id: string): Promise<AdapterPayload | undefined>;
}

/** Longer ids cannot be ours. */
const LONGEST_ID = 256;

const registration = z.object({
  payload: z.looseObject({ redirect_uris: z.array(z.string()) }),
  used: z.boolean().default(false),
  ttl: z.number(),
});

const keepLonger = {
  expression: 'SET #used = :used, #ttl = :ttl',
  names: { '#used': 'used', '#ttl': 'ttl' },
};

/**
 * Keeps a registered client that somebody let act for them; one that nobody ever did is soon forgotten. Nothing
 * happens for a client that is not registered.
 */
export async function keepUsedClient(identity: Table, clientId: string): Promise<void> {
  if (isUrl(clientId)) return;
  const values = { ':used': true, ':ttl': nowSeconds() + LIFETIME.client };
  await identity.update(itemKey('Client', clientId), { ...keepLonger, values }, 'attribute_exists(pk)');
}

/**
 * The clients of the provider: those that registered, those whose id is the URL of their metadata document, and
 * service tokens.
 */
export class ClientStore extends ProviderStore {
  readonly #options: ClientStoreOptions;

  constructor(options: ClientStoreOptions) {
    super('Client', options.identity);
    this.#options = options;
  }

  override async upsert(id: string, payload: AdapterPayload): Promise<void> {
    const { client_secret: secret, ...rest } = payload;
    const kept = { ...rest, ...(secret === undefined ? {} : { client_secret: hashSecret(secret) }) };
    await super.upsert(id, kept, LIFETIME.unusedClient);
  }

  override async find(id: string): Promise<AdapterPayload | undefined> {
    if (isUrl(id)) return this.#options.documents.find(id, requestSource());
    return serviceOfClient(id) === undefined ? this.#registered(id) : this.#options.services.find(id);
  }

  /**
   * A redirect URI that the deployment no longer lists is no longer the client's; without any it is unknown. Nor is a
   * grant that the deployment no longer serves.
   */
  async #registered(id: string): Promise<AdapterPayload | undefined> {
    const { identity, allowedRedirects, grantTypes } = this.#options;
    const item = id.length > LONGEST_ID ? undefined : await identity.get(itemKey('Client', id));
    if (!item) return undefined;
    const { payload, used, ttl } = registration.parse(item);
    const redirects = payload.redirect_uris.filter((uri) => !redirectFault(uri, allowedRedirects));
    const left = ttl - nowSeconds();
    if (left <= 0 || redirects.length === 0) return undefined;
    if (used && left < LIFETIME.client * 0.9) await keepUsedClient(identity, id);
    const grants = narrowGrantTypes(payload.grant_types, grantTypes);
    return { ...payload, redirect_uris: redirects, grant_types: grants };
  }
}

/** The clients of a deployment, whose documents are fetched through the guard. */
export function createClientStore(options: OAuthOptions, services: ClientSource): ClientStore {
  const { identity, allowedRedirectUris: allowedRedirects, outgoingNetworks: networks } = options;
  const grantTypes = servedGrantTypes(options);
  const documents = new ClientDocuments({
    identity,
    rules: { allowedRedirects, grantTypes },
    networks,
    fetch: documentFetchThrough(networks),
  });
  return new ClientStore({ identity, allowedRedirects, grantTypes, documents, services });
}
