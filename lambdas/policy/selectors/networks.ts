import { type IpAddress, type IpNetwork, parseNetwork } from '../ip-address.ts';
import type { Entry } from './selector-kind.ts';
import { type Matcher, NONE, type OwnersOf, UNKNOWN } from './selector-kind.ts';

type OwnersByBits = Map<number | bigint, number[]>;

/** Networks of one prefix length: their leading bits, and the position of the selector that names them. */
type Networks = Map<number | bigint, number>;

/** The lowest position of a network that has the request's source address; an entry that is no network is unknown. */
export function networksMatcher(entries: readonly Entry<string>[]): Matcher {
  const byPrefix = { 4: new Map<number, Networks>(), 6: new Map<number, Networks>() };
  let miss = NONE;
  for (const { value, position } of entries) {
    const network = parseNetwork(value);
    if (network) add(byPrefix[network.version], network, position);
    else miss = UNKNOWN;
  }
  const listed = { 4: [...byPrefix[4]], 6: [...byPrefix[6]] };
  return ({ address }) => {
    if (address === undefined) return UNKNOWN;
    const lowest = lowestPosition(listed[address.version], address);
    return lowest === NONE ? miss : lowest;
  };
}

function add(byPrefix: Map<number, Networks>, network: IpNetwork, position: number): void {
  const networks: Networks = byPrefix.get(network.prefix) ?? new Map();
  byPrefix.set(network.prefix, networks);
  const bits = leadingBits(network, network.prefix);
  if (!networks.has(bits)) networks.set(bits, position);
}

function lowestPosition(byPrefix: readonly [number, Networks][], address: IpAddress): number {
  let lowest = NONE;
  for (const [prefix, networks] of byPrefix) {
    const position = networks.get(leadingBits(address, prefix));
    if (position !== undefined && (lowest === NONE || position < lowest)) lowest = position;
  }
  return lowest;
}

/** The same look-up for the ranges of many policies; false for an unknown address or a range that cannot be read. */
export function networksIndex(entries: readonly { value: string; owner: number }[]): OwnersOf {
  const byPrefix = { 4: new Map<number, OwnersByBits>(), 6: new Map<number, OwnersByBits>() };
  for (const { value, owner } of entries) {
    const network = parseNetwork(value);
    if (!network) return () => false;
    const owners = byPrefix[network.version].get(network.prefix) ?? new Map();
    byPrefix[network.version].set(network.prefix, owners);
    const bits = leadingBits(network, network.prefix);
    owners.set(bits, [...(owners.get(bits) ?? []), owner]);
  }
  const listed = { 4: [...byPrefix[4]], 6: [...byPrefix[6]] };
  return ({ address }, give) => {
    if (address === undefined) return false;
    for (const [prefix, owners] of listed[address.version]) {
      const found = owners.get(leadingBits(address, prefix));
      if (found) give(found);
    }
    return true;
  };
}

function leadingBits(address: IpAddress, prefix: number): number | bigint {
  if (address.version === 6) return address.value >> BigInt(128 - prefix);
  // A shift by 32 is a shift by 0 in JavaScript.
  return prefix === 0 ? 0 : address.value >>> (32 - prefix);
}
