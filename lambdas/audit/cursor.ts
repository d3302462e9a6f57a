import { SallyportError } from '../shared/errors.ts';

const POSITION = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z#[\w-]*$/;

/** A cursor is the sort key down to which an earlier page has looked; opaque to whoever gets it. */
export const toCursor = (position: string): string => Buffer.from(position).toString('base64url');

/** @throws SallyportError `invalid_cursor` 400 for anything that `toCursor` does not make. */
export function fromCursor(cursor: string): string {
  const position = Buffer.from(cursor, 'base64url').toString('utf8');
  if (POSITION.test(position)) return position;
  const message = 'The cursor is not one of ours. Pass the `next` of an earlier page, or none to begin anew.';
  throw new SallyportError('invalid_cursor', 400, message, { at: 'after' });
}
