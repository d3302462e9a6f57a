import { SallyportError } from '../shared/errors.ts';

/** An id as the path has it, percent-encoded. @throws SallyportError `invalid_request` 400. */
export function decodePathId(id: string): string {
  try {
    return decodeURIComponent(id);
  } catch {
    throw new SallyportError('invalid_request', 400, 'The id is not percent-encoded as it should be.', {
      at: 'path',
    });
  }
}
