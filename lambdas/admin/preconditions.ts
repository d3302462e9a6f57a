import { SallyportError } from '../shared/errors.ts';
import type { HttpRequest } from '../shared/http.ts';
import type { StoredDocument } from './world.ts';

/** The entity tag of a document: its version (RFC 9110 section 8.8.3). */
export const entityTag = (version: number): string => `"${version}"`;

/**
 * Judges `If-Match` (RFC 9110 section 13.1.1): a version, quoted or bare, a list of them, or `*` for any.
 * @throws SallyportError `precondition_failed` 412 naming the version that is there.
 */
export function checkPrecondition(request: HttpRequest, stored: StoredDocument | undefined): void {
  const header = request.headers['if-match'];
  if (header === undefined) return;
  const wanted = header.split(',').map((tag) => tag.trim().replace(/^"(.*)"$/, '$1'));
  if (stored && (wanted.includes('*') || wanted.includes(String(stored.version)))) return;
  const there = stored ? `the document is at version ${stored.version}` : 'there is no such document';
  const message = `If-Match asks for ${header.slice(0, 80)}, but ${there}. Read it again and decide anew.`;
  throw new SallyportError('precondition_failed', 412, message, { at: 'header If-Match' });
}
