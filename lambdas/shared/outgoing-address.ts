import { isIPv6 } from 'node:net';
import ipaddr, { type IPv4, type IPv6 } from 'ipaddr.js';

/** Address ranges that outgoing requests may reach although they are not public. */
export type Networks = readonly [IPv4 | IPv6, number][];

/**
 * Reads `OUTGOING_NETWORKS`: addresses in CIDR form.
 * @throws Error for anything else, so that a typing mistake never widens the guard.
 */
export function parseNetworks(networks: readonly string[]): Networks {
  return networks.map((network) => ipaddr.parseCIDR(network));
}

/** True when the address lies in one of the excepted ranges. */
export function isExcepted(address: string, networks: Networks): boolean {
  const parsed = ipaddr.process(address);
  return networks.some(([base, bits]) => parsed.kind() === base.kind() && parsed.match(base, bits));
}

/**
 * True for addresses of the public internet alone. IPv6 is public only inside 2000::/3 (RFC 4291 section 2.4,
 * IANA registry), which leaves out the forms that hide an IPv4 address.
 */
export function isPublic(address: string): boolean {
  const parsed = ipaddr.process(address);
  if (parsed.range() !== 'unicast' || (parsed.kind() === 'ipv4' && isIPv6(address))) return false;
  return parsed.kind() === 'ipv4' || (Number(parsed.toByteArray()[0]) & 0xe0) === 0x20;
}
