import { SallyportError } from '../shared/errors.ts';

/** Bytes of a request body; far more than a set of documents needs, far less than a transaction holds. */
export const BODY_LIMIT = 1_000_000;
const DEPTH_LIMIT = 32;

/** Whether this beginning of a JSON text could still become valid; otherwise the fault lies within it. */
function mayContinue(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch (error) {
    const message = error instanceof Error ? error.message : '';
    const at = /at position (\d+)/.exec(message)?.[1];
    return message.includes('Unexpected end') || Number(at) === text.length;
  }
}

/** The offset of the first character that cannot be there; the length of the text when it only ends too early. */
function faultOffset(text: string): number {
  let fine = 0;
  let broken = text.length + 1;
  while (broken - fine > 1) {
    const middle = (fine + broken) >> 1;
    if (mayContinue(text.slice(0, middle))) fine = middle;
    else broken = middle;
  }
  return fine;
}

function malformed(text: string): SallyportError {
  const offset = faultOffset(text);
  const before = text.slice(0, offset).split('\n');
  const place = `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
  const what =
    offset >= text.length ? 'ends too early' : `has an unexpected ${JSON.stringify(text.charAt(offset))}`;
  return new SallyportError('malformed_json', 400, `The body is not JSON: it ${what} at ${place}.`, {
    at: `body, ${place}`,
  });
}

/** Refuses what could not be stored as it was sent: text that is not Unicode, and nesting without end. */
function checkValue(value: unknown, depth: number): void {
  if (depth > DEPTH_LIMIT) {
    const message = `The body is nested deeper than ${DEPTH_LIMIT} levels.`;
    throw new SallyportError('invalid_request', 400, message, { at: 'body' });
  }
  if (typeof value === 'string' && !value.isWellFormed()) {
    const message = 'The body has text that is not valid Unicode (a lone surrogate).';
    throw new SallyportError('invalid_request', 400, message, { at: 'body' });
  }
  if (typeof value !== 'object' || value === null) return;
  for (const [name, member] of Object.entries(value)) {
    checkValue(name, depth + 1);
    checkValue(member, depth + 1);
  }
}

/**
 * Parses a request body.
 * @throws SallyportError 413 over the limit, 400 `malformed_json` with line and column, or `invalid_request`.
 */
export function parseJsonBody(text: string): unknown {
  const bytes = Buffer.byteLength(text);
  if (bytes > BODY_LIMIT) {
    const message = `The body has ${bytes} bytes; at most ${BODY_LIMIT} are accepted. Send it in parts.`;
    throw new SallyportError('body_too_large', 413, message, { at: 'body' });
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw malformed(text);
  }
  checkValue(value, 0);
  return value;
}
