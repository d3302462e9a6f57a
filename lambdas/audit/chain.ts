import { randomBytes } from 'node:crypto';
import { fitItem } from './fit-item.ts';
import { dayOf, partition, SHARDS, sortKey } from './keys.ts';
import type { RecordTime } from './record-id.ts';
import { type RecordFields, recordHash, type StoredRecord } from './stored-record.ts';

/** As long as any hash: the item is made to fit before its hash is known. */
const HASH_TO_COME = '-'.repeat(43);

interface Chain {
  id: string;
  /** One chain lives in one shard, so that checking it reads one partition a day. */
  shard: number;
  /** The sequence number of the next record. */
  next: number;
  /** The hash of the last record. */
  last: string;
  follows: string | undefined;
}

function openChain(follows?: string): Chain {
  const random = randomBytes(16);
  return {
    id: random.toString('base64url'),
    shard: random.readUInt8(0) % SHARDS,
    next: 0,
    last: '',
    follows,
  };
}

/** A record with its place in the chain, and the way to say that it is not known to be stored. */
export interface Linked {
  record: StoredRecord;
  /** Ends the chain at this record: later ones go into a new chain that names this place. */
  broken: () => void;
}

/**
 * The hash chain of this execution environment. Linking is synchronous, so records get consecutive places
 * without a lock, and their writes may then overlap.
 */
export function createChain(retentionDays: number): (fields: RecordFields, at: RecordTime) => Linked {
  let current = openChain();
  return (fields, at) => {
    const chain = current;
    const record = place(chain, fields, at, retentionDays);
    chain.next++;
    chain.last = record.hash;
    const broken = () => {
      if (current !== chain) return;
      // A chain of this record alone is perhaps not there at all: then its predecessor is named again.
      current = openChain(chain.next === 1 ? chain.follows : `${chain.id}#${record.seq}`);
    };
    return { record, broken };
  };
}

function place(chain: Chain, fields: RecordFields, at: RecordTime, retentionDays: number): StoredRecord {
  const time = new Date(at.time).toISOString();
  const record = fitItem<StoredRecord>({
    pk: partition(dayOf(time), chain.shard),
    sk: sortKey(time, at.id),
    ttl: Math.floor(at.time / 1000) + retentionDays * 86_400,
    ...fields,
    chain: chain.id,
    seq: chain.next,
    prev: chain.last,
    ...(chain.next === 0 && chain.follows ? { follows: chain.follows } : {}),
    hash: HASH_TO_COME,
  });
  record.hash = recordHash(record);
  return record;
}
