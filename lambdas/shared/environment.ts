import type * as z from 'zod';

/**
 * Reads the function's environment through a schema, once, at module load.
 * @throws Error naming every variable that is missing or malformed (never its value).
 */
export function readEnvironment<Schema extends z.ZodType>(schema: Schema): z.output<Schema> {
  const result = schema.safeParse(process.env);
  if (result.success) return result.data;
  const faults = result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw new Error(`The function's environment is incomplete: ${faults.join('; ')}`);
}
