import { decodeHeaderValue } from '../header-value.ts';
import type { JsonObject } from '../json.ts';
import { nameParameter } from '../protocol.ts';
import { headerMismatch } from './header-mismatch.ts';

/** `Mcp-Name` repeats the name or URI of the methods that have one. */
export function checkNameHeader(header: string | undefined, method: string, params: JsonObject): void {
  const parameter = Object.hasOwn(nameParameter, method) ? nameParameter[method] : undefined;
  if (parameter === undefined) return;
  const value = params[parameter];
  if (header === undefined) {
    if (typeof value === 'string') throw headerMismatch('Mcp-Name', 'is missing');
    return;
  }
  const decoded = decodeHeaderValue(header);
  if (decoded === undefined) throw headerMismatch('Mcp-Name', 'is not valid =?base64?…?=');
  if (typeof value === 'string' && decoded !== value)
    throw headerMismatch('Mcp-Name', `differs from params.${parameter}`);
}
