import { SallyportError } from '../../shared/errors.ts';
import { createOutgoing } from '../../shared/outgoing.ts';
import type { Table } from '../../shared/table.ts';
import { createGuardedFetch, type GuardedFetch } from '../guarded-fetch.ts';
import { requestSource } from './request-source.ts';
import { countAct, type SourceLimit } from './source-limit.ts';

const LIMITS = { mostBytes: 64 * 1024, timeoutMs: 2_500 };

/**
 * Fetches that one source address may cause. The library keeps good keys for a minute at least, but asks at every
 * request for those that it did not get: whoever names a slow address could hold one execution after the other.
 */
const FETCHES: SourceLimit = { name: 'ClientKeyFetches', most: 60, window: 60 };

/** What the library fetches itself: keys of clients that prove who they are, through the guard, within limits. */
export function createClientKeyFetch(identity: Table, networks: readonly string[]): GuardedFetch {
  const fetch = createGuardedFetch(createOutgoing(networks), LIMITS);
  return async (url, init) => {
    const source = requestSource();
    const wait = source === undefined ? undefined : await countAct(identity, FETCHES, source);
    if (wait !== undefined)
      throw new SallyportError(
        'too_many_requests',
        429,
        `Too many keys were fetched. Try again in ${wait} s.`,
      );
    return fetch(url, init);
  };
}
