import type * as z from 'zod';
import { explainFaults } from '../shared/documents/faults.ts';
import { invalid } from '../shared/documents/parse-document.ts';
import type { HttpRequest } from '../shared/http.ts';

/** @throws SallyportError `invalid_query` 400 for an unknown, repeated or malformed query parameter. */
export function readQuery<Schema extends z.ZodObject>(
  schema: Schema,
  request: HttpRequest,
): z.output<Schema> {
  const repeated = [...request.query.keys()].find((name) => request.query.getAll(name).length > 1);
  if (repeated)
    throw invalid([{ at: `query ${repeated}`, message: 'is there more than once' }], 'invalid_query');
  const result = schema.safeParse(Object.fromEntries(request.query));
  if (result.success) return result.data;
  const faults = explainFaults(result.error, schema, '');
  throw invalid(
    faults.map((fault) => ({ ...fault, at: `query ${fault.at}` })),
    'invalid_query',
  );
}
