import type * as z from 'zod';
import { explainFaults } from '../../shared/documents/faults.ts';
import { invalid } from '../../shared/documents/parse-document.ts';
import type { HttpRequest } from '../../shared/http.ts';
import { parseJsonBody } from '../json-body.ts';

/** @throws SallyportError `invalid_request` 400 with the place of the first fault. */
export function readBody<Schema extends z.ZodType>(schema: Schema, request: HttpRequest): z.output<Schema> {
  const result = schema.safeParse(parseJsonBody(request.body));
  if (result.success) return result.data;
  throw invalid(explainFaults(result.error, schema, ''), 'invalid_request');
}
