import { isObject, type JsonObject } from '../json.ts';

/** Limits of one list; a server that has more is broken or hostile. */
const MOST_PAGES = 64;
const MOST_ENTRIES = 5_000;

/** A list without a proper end; the message may be shown. */
export class UnendingList extends Error {}

/**
 * Reads a list to its end: a cursor that comes again would never end, an empty one is a cursor like any other.
 * @throws UnendingList
 */
export async function drain(
  request: (method: string, params: JsonObject) => Promise<JsonObject>,
  method: string,
  member: string,
): Promise<JsonObject[]> {
  const entries: JsonObject[] = [];
  const seen = new Set<string>();
  let cursor: string | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const result = await request(method, cursor === undefined ? {} : { cursor });
    const listed = result[member];
    if (!Array.isArray(listed)) throw new UnendingList(`The server's answer to ${method} has no list.`);
    entries.push(...listed.filter(isObject));
    if (entries.length > MOST_ENTRIES) throw new UnendingList(`The server lists too much with ${method}.`);
    if (typeof result.nextCursor !== 'string') return entries;
    cursor = result.nextCursor;
    if (seen.has(cursor)) throw new UnendingList(`The server repeats a page of ${method}.`);
    seen.add(cursor);
  }
  throw new UnendingList(`The server has more than ${MOST_PAGES} pages of ${method}.`);
}
