import { isIP } from 'node:net';
import ipaddr, { type IPv4, type IPv6 } from 'ipaddr.js';

/** An address as a number of its width; IPv4-mapped IPv6 (`::ffff:192.0.2.1`, RFC 4291 2.5.5.2) is IPv4. */
export type IpAddress = { version: 4; value: number } | { version: 6; value: bigint };

export type IpNetwork = IpAddress & { prefix: number };

function toNumber(address: IPv4 | IPv6): IpAddress {
  const bytes = address.toByteArray();
  if (bytes.length === 4) {
    return { version: 4, value: bytes.reduce((number, byte) => number * 256 + byte, 0) };
  }
  return { version: 6, value: bytes.reduce((number, byte) => (number << 8n) | BigInt(byte), 0n) };
}

/**
 * Undefined for text that is not exactly one address: octal, hexadecimal and short forms of IPv4 are
 * ambiguous, and a zone (`%eth0`) means something on one host only.
 */
export function parseAddress(text: string): IpAddress | undefined {
  const address = readAddress(text);
  return address && toNumber(unmapped(address));
}

/**
 * Reads an address or a CIDR range. A range inside `::ffff:0:0/96` is the IPv4 range it maps; a wider IPv6
 * range covers IPv6 addresses only. Undefined when it is neither.
 */
export function parseNetwork(text: string): IpNetwork | undefined {
  const [base = '', length, ...more] = text.split('/');
  const address = readAddress(base);
  if (!address || more.length > 0 || (length !== undefined && !/^\d{1,3}$/.test(length))) return undefined;
  const width = address.kind() === 'ipv4' ? 32 : 128;
  const prefix = length === undefined ? width : Number(length);
  if (prefix > width) return undefined;
  const inner = prefix >= 96 ? unmapped(address) : address;
  return { ...toNumber(inner), prefix: inner === address ? prefix : prefix - 96 };
}

const DOTTED_TAIL = /:(\d+)\.(\d+)\.(\d+)\.(\d+)$/;

function readAddress(text: string): IPv4 | IPv6 | undefined {
  if (isIP(text) === 0 || text.includes('%')) return undefined;
  // Given a dotted tail, ipaddr.js takes `::192.0.2.1` for a mapped address, which it is not.
  const words = text.replace(DOTTED_TAIL, (_, a, b, c, d) => `:${word(a, b)}:${word(c, d)}`);
  return ipaddr.parse(words);
}

const word = (high: string, low: string): string => (Number(high) * 256 + Number(low)).toString(16);

const unmapped = (address: IPv4 | IPv6): IPv4 | IPv6 =>
  'isIPv4MappedAddress' in address && address.isIPv4MappedAddress() ? address.toIPv4Address() : address;
