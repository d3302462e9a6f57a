import { SallyportError } from '../shared/errors.ts';
import type { JsonObject } from './json.ts';

/** Far beyond any real schema, and far below what a recursive reader can take. */
const DEEPEST = 100;
/** An item of the catalog holds 400 KB. */
const LARGEST_BYTES = 300_000;

/** Walks without recursion: what is nested too deep must not end in a stack overflow here either. */
function isTooDeep(value: unknown): boolean {
  const open: [unknown, number][] = [[value, 1]];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [current, depth] = next;
    if (typeof current !== 'object' || current === null) continue;
    if (depth > DEEPEST) return true;
    for (const member of Object.values(current)) open.push([member, depth + 1]);
  }
  return false;
}

/**
 * Refuses what a server declares of itself when it could not be stored and read again.
 * @param what names it for the administrator, such as `tool "add"`.
 * @throws SallyportError `upstream_invalid` 502.
 */
export function checkDefinition(definition: JsonObject, what: string): void {
  const refuse = (why: string) => {
    throw new SallyportError('upstream_invalid', 502, `The server's ${what} ${why}.`, { at: 'spec.url' });
  };
  if (isTooDeep(definition)) refuse(`is nested more than ${DEEPEST} levels deep`);
  if (Buffer.byteLength(JSON.stringify(definition)) > LARGEST_BYTES)
    refuse(`is larger than ${LARGEST_BYTES / 1000} KB`);
}
