import { trimOws } from '../header-value.ts';
import { headerMismatch } from './header-mismatch.ts';

/** `MCP-Protocol-Version` repeats the version of `_meta`. */
export function checkVersionHeader(header: string | undefined, version: string): void {
  if (header === undefined) throw headerMismatch('MCP-Protocol-Version', 'is missing');
  if (trimOws(header) !== version)
    throw headerMismatch('MCP-Protocol-Version', 'differs from the version in params._meta');
}
