import { isIP } from 'node:net';
import { isExcepted, parseNetworks } from '../../shared/outgoing-address.ts';

const LONGEST = 256;

/** True for a client id that is meant to be the URL of a metadata document. */
export const isUrl = (clientId: string): boolean => /^https?:/i.test(clientId);

const hostOf = (url: URL): string => url.hostname.replace(/^\[|\]$/g, '');

/** A document on this machine, over plain http too: only where its network is excepted, so never in production. */
function isExceptedLoopback(url: URL, networks: readonly string[]): boolean {
  const address = hostOf(url) === 'localhost' ? '127.0.0.1' : hostOf(url);
  if (!['127.0.0.1', '::1'].includes(address) || !/^https?:$/.test(url.protocol)) return false;
  return isExcepted(address, parseNetworks(networks));
}

/**
 * Why a client id cannot be the URL of a client ID metadata document, or undefined when it can
 * (draft-ietf-oauth-client-id-metadata-document section 2, and stricter: one spelling only, a name with a
 * domain, the default port, since the address is fetched on anybody's word).
 */
export function clientIdFault(clientId: string, networks: readonly string[]): string | undefined {
  if (clientId.length > LONGEST) return `it has more than ${LONGEST} characters`;
  const url = URL.parse(clientId);
  if (!url) return 'it is not a URL';
  if (url.username || url.password) return 'it carries credentials';
  if (clientId.includes('#')) return 'it has a fragment';
  if (url.pathname === '/') return 'it has no path';
  // Dot segments, other spellings of an address, capitals, default ports: all change when they are read.
  if (url.href !== clientId) return `it is not in its plain form, which is ${url.href}`;
  if (isExceptedLoopback(url, networks)) return undefined;
  if (url.protocol !== 'https:') return 'it does not begin with https://';
  if (isIP(hostOf(url))) return 'its host is an address and not a name';
  // Letters, digits, hyphens: other characters, which a URL may have, pass for separators where people read the host.
  if (!/^(?:[a-z0-9_-]+\.)+[a-z0-9-]+$/.test(url.hostname))
    return 'its host is not the name of a public site';
  return url.port === '' ? undefined : 'it has a port';
}
