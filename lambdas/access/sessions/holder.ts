import type { AccessToken, ConnectedSession } from './person.ts';

/** The id of a service token's OAuth client, which its tokens carry as `sub` and `client_id`. */
export const SERVICE_CLIENT_PREFIX = 'service-';
export const serviceClientId = (id: string): string => `${SERVICE_CLIENT_PREFIX}${id}`;

/** The id of the `ServiceToken` document behind an OAuth client; undefined for any other client. */
export const serviceOfClient = (clientId: string): string | undefined =>
  clientId.startsWith(SERVICE_CLIENT_PREFIX) ? clientId.slice(SERVICE_CLIENT_PREFIX.length) : undefined;

/** The claims of a service token's verified access token: no session and no grant stand behind it. */
export interface ServiceAccessToken {
  /** The id of the `ServiceToken` document. */
  service: string;
  subject: string;
  clientId: string;
  /** Which credentials it was issued for: it ends when they are revoked or their keys are changed. */
  credentials: string;
  audience: string;
  scopes: readonly string[];
  /** Epoch seconds. */
  expiresAt: number;
  jkt?: string;
}

/** A verified token: its `service` says whose it is, undefined for a person's. */
export type HolderToken = AccessToken | ServiceAccessToken;

/** A service token as it stands now. */
export interface ConnectedService {
  service: { id: string; title: string };
}

/** Who uses the portal: a person who has signed in, or, with `service`, a service token. */
export type Holder = ConnectedSession | ConnectedService;

/** The subject of a holder's tokens: people's ids and those of service tokens never meet. */
export const holderId = (holder: Holder): string =>
  holder.service === undefined ? holder.person.id : serviceClientId(holder.service.id);
