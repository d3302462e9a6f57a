import { recordHash } from './stored-record.ts';

export type ChainFault = 'not-a-record' | 'other-chain' | 'altered' | 'duplicate' | 'missing' | 'wrong-prev';

export type ChainReport =
  | {
      intact: true;
      /** Sequence numbers of the first and last record. A first above 0 is right only if older ones expired. */
      first: number;
      last: number;
      /** The hash of the last record: what a signed head must equal. */
      head: string;
    }
  | {
      intact: false;
      fault: ChainFault;
      /** Where: the sequence number that is missing or that the faulty record claims; null when it has none. */
      seq: number | null;
      message: string;
    };

type Attributes = Readonly<Record<string, unknown>>;
interface ChainLink {
  item: Attributes;
  chain: string;
  seq: number;
  prev: string;
  hash: string;
}

/**
 * Checks the items of one chain, in any order and with all their attributes: nothing altered, missing,
 * doubled or relinked. Says where the first fault is. A cut at the end shows only against a known head.
 */
export function verifyChain(items: readonly Attributes[]): ChainReport {
  const links: ChainLink[] = [];
  for (const item of items) {
    const link = readLink(item);
    if (!link)
      return fault('not-a-record', null, `An item has no chain, seq, prev or hash: ${nameOf(item)}.`);
    links.push(link);
  }
  links.sort((a, b) => a.seq - b.seq);
  const [first] = links;
  if (!first) return fault('missing', 0, 'There are no items to check.');
  let before: ChainLink | undefined;
  for (const link of links) {
    const broken = check(link, before, first.chain);
    if (broken) return broken;
    before = link;
  }
  const last = before ?? first;
  return { intact: true, first: first.seq, last: last.seq, head: last.hash };
}

function check(link: ChainLink, before: ChainLink | undefined, chain: string): ChainReport | undefined {
  const { seq } = link;
  const at = `Record ${seq} (${nameOf(link.item)})`;
  if (link.chain !== chain)
    return fault('other-chain', seq, `${at} is of chain ${link.chain}, not ${chain}.`);
  if (before?.seq === seq) return fault('duplicate', seq, `${at} is there more than once.`);
  if (before && before.seq + 1 !== seq) {
    return fault('missing', before.seq + 1, `Record ${before.seq + 1} is missing; the next one is ${seq}.`);
  }
  if (recordHash(link.item) !== link.hash) {
    return fault('altered', seq, `${at} was altered: its content does not have the hash that it carries.`);
  }
  const prevIsRight = before ? link.prev === before.hash : (link.prev === '') === (seq === 0);
  if (!prevIsRight) {
    return fault('wrong-prev', seq, `${at} does not link to record ${seq - 1}: one of them was replaced.`);
  }
  return undefined;
}

function readLink(item: Attributes): ChainLink | undefined {
  const { chain, seq, prev, hash } = item;
  if (typeof chain !== 'string' || typeof prev !== 'string' || typeof hash !== 'string') return undefined;
  if (typeof seq !== 'number' || !Number.isSafeInteger(seq) || seq < 0) return undefined;
  return { item, chain, seq, prev, hash };
}

const nameOf = ({ pk, sk }: Attributes): string => `${String(pk)} ${String(sk)}`;

const fault = (kind: ChainFault, seq: number | null, message: string): ChainReport => ({
  intact: false,
  fault: kind,
  seq,
  message,
});
