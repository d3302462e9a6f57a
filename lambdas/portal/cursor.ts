import { invalidParams } from './json-rpc.ts';

/** An opaque place in a list of one snapshot version (2026-07-28, server utilities, pagination). */
export const encodeCursor = (version: string, index: number): string =>
  Buffer.from(`${version}|${index}`).toString('base64url');

/**
 * The index behind a cursor of this version; 0 without one.
 * @throws RpcError -32602 for a cursor that is not ours or of an older version.
 */
export function decodeCursor(cursor: unknown, version: string, length: number): number {
  if (cursor === undefined) return 0;
  const text = typeof cursor === 'string' ? Buffer.from(cursor, 'base64url').toString() : '';
  const at = text.lastIndexOf('|');
  const index = /^[1-9]\d{0,8}$/.test(text.slice(at + 1)) ? Number(text.slice(at + 1)) : Number.NaN;
  if (text.slice(0, at) !== version || !(index < length) || encodeCursor(version, index) !== cursor)
    throw invalidParams('The cursor is not valid any more: start again without one.');
  return index;
}
