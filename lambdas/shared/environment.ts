import * as z from 'zod';

/** A variable that holds JSON of this shape. */
export const jsonOf = <Schema extends z.ZodType>(schema: Schema, shape = 'JSON of the documented shape') =>
  z.string().transform((text, context): z.output<Schema> => {
    try {
      return schema.parse(JSON.parse(text));
    } catch {
      context.addIssue(`must be ${shape}`);
      return z.NEVER;
    }
  });

/** A variable that holds a JSON array of strings. */
export const stringList = jsonOf(z.array(z.string()), 'a JSON array of strings');

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
