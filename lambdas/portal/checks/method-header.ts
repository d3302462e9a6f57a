import { trimOws } from '../header-value.ts';
import { headerMismatch } from './header-mismatch.ts';

/** `Mcp-Method` repeats the method, case-sensitively. */
export function checkMethodHeader(header: string | undefined, method: string): void {
  if (header === undefined) throw headerMismatch('Mcp-Method', 'is missing');
  if (trimOws(header) !== method)
    throw headerMismatch('Mcp-Method', 'differs from the method of the message');
}
