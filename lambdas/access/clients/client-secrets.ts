import type { Provider } from 'oidc-provider';
import { serviceOfClient } from '../sessions/holder.ts';
import { hashSecret, sameHash } from './secret-hash.ts';
import type { ServiceClients } from './service-clients.ts';

/** Makes the provider compare secrets with their hashes, in constant time: it knows none of them itself. */
export function compareSecretsByHash(provider: Provider, services: ServiceClients): void {
  provider.Client.prototype.compareClientSecret = async function compare(given: string): Promise<boolean> {
    return serviceOfClient(this.clientId) === undefined
      ? sameHash(this.clientSecret ?? '', hashSecret(given))
      : services.holdsSecret(this.clientId, given);
  };
}
