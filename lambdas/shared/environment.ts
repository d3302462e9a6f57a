import * as z from 'zod';

/** A variable that holds a JSON array of strings. */
export const stringList = z.string().transform((text, context) => {
  try {
    return z.array(z.string()).parse(JSON.parse(text));
  } catch {
    context.addIssue('must be a JSON array of strings');
    return z.NEVER;
  }
});

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
