const LOOPBACK_HOSTS: ReadonlySet<string> = new Set(['127.0.0.1', '[::1]', 'localhost']);

/** True for an http URI on this very machine (RFC 8252 section 7.3; `localhost` as clients use it). */
export function isLoopback(uri: string): boolean {
  const url = URL.parse(uri);
  return url?.protocol === 'http:' && LOOPBACK_HOSTS.has(url.hostname);
}

/** True for a URI of a private-use scheme such as `cursor://…` (RFC 8252 section 7.1). */
export function isPrivateScheme(uri: string): boolean {
  const url = URL.parse(uri);
  return url !== null && url.protocol !== 'http:' && url.protocol !== 'https:';
}

/**
 * Why a client may not have this redirect URI, or undefined when it may: loopback with any port and path, an
 * exact entry of the deployment's list, or a page of the https origin that its metadata document came from.
 * @param own that origin, of clients that have a document: whoever speaks for it could send people there anyway.
 */
export function redirectFault(uri: string, allowed: readonly string[], own?: string): string | undefined {
  const url = URL.parse(uri);
  if (!url) return 'it is not an absolute URI';
  if (allowed.includes(uri)) return undefined;
  if (uri.includes('#')) return 'it has a fragment';
  if (url.username || url.password) return 'it carries credentials';
  if (isLoopback(uri)) return undefined;
  // The text too, not only its reading: what looks different to another reader is not accepted.
  if (own?.startsWith('https:') && url.origin === own && uri.startsWith(`${own}/`)) return undefined;
  return 'only loopback addresses (http://127.0.0.1, http://[::1], http://localhost) and the redirect URIs that the deployment lists are accepted; ask its owners to add yours';
}

/**
 * The sources that a form may lead to whose answer redirects to this URI: browsers hold that redirect to the
 * page's policy as well. A policy cannot name an IPv6 address, so that one opens its scheme.
 */
export function formTargets(redirectUri: string): string {
  const { protocol, hostname, origin } = new URL(redirectUri);
  return isPrivateScheme(redirectUri) || hostname.startsWith('[') ? protocol : origin;
}
