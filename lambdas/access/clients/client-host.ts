import { isUrl } from './client-id-url.ts';
import { isLoopback, isPrivateScheme } from './redirect-rules.ts';

/** A client as far as its place on the network goes. */
export interface PlacedClient {
  clientId: string;
  redirectUris?: readonly string[] | undefined;
}

function hostOf(uri: string): string {
  const { protocol, host } = new URL(uri);
  // A document on this machine, which only an embedded cloud accepts, may be served over https.
  if (isLoopback(uri.replace(/^https:/, 'http:'))) return 'localhost';
  return isPrivateScheme(uri) ? protocol : host;
}

/**
 * The hosts that an application is known by, sorted: the one of its metadata document, which speaks for it, else
 * every place where its answers may go, since anybody registers under any name. `localhost` is any loopback
 * address, `cursor:` a private scheme.
 */
export function clientHosts({ clientId, redirectUris = [] }: PlacedClient): string[] {
  return [...new Set((isUrl(clientId) ? [clientId] : redirectUris).map(hostOf))].sort();
}
