import ipaddr from 'ipaddr.js';
import type { Table } from '../../shared/table.ts';
import { nowSeconds } from '../lifetimes.ts';

/** How often each source address may do something. */
export interface SourceLimit {
  /** What is counted: the beginning of the counters' keys. */
  name: string;
  most: number;
  /** Seconds of one window. */
  window: number;
}

/** A household or office has one IPv4 address or one IPv6 /64. */
function sourceOf(ip: string): string {
  if (!ipaddr.isValid(ip)) return 'unknown';
  const address = ipaddr.process(ip);
  return address.kind() === 'ipv4'
    ? address.toString()
    : address
        .toByteArray()
        .slice(0, 8)
        .map((byte) => byte.toString(16).padStart(2, '0'))
        .join('');
}

/**
 * Counts one act of this source address in the identity table, where all processes count together.
 * @returns undefined when it may, otherwise the seconds after which to come again.
 */
export async function countAct(
  identity: Table,
  { name, most, window }: SourceLimit,
  ip: string,
): Promise<number | undefined> {
  const now = nowSeconds();
  const start = now - (now % window);
  const counted = await identity.update(
    { pk: `${name}#${sourceOf(ip)}`, sk: String(start) },
    {
      expression: 'SET #ttl = :ttl ADD #count :one',
      names: { '#ttl': 'ttl', '#count': 'count' },
      values: { ':ttl': start + 2 * window, ':one': 1, ':most': most },
    },
    'attribute_not_exists(#count) OR #count < :most',
  );
  return counted ? undefined : start + window - now;
}
