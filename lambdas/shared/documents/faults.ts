import * as z from 'zod';

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/** What is wrong with an input, and where. */
export interface Fault {
  at: string;
  message: string;
}

/** Writes a path as people do: `documents[1].spec.policies[0]`, `spec.tools["get weather"]`. */
export function writePath(base: string, path: Path): string {
  return path.reduce<string>((written, part) => {
    if (typeof part === 'number') return `${written}[${part}]`;
    const name = String(part);
    if (!/^[A-Za-z_][\w-]*$/.test(name)) return `${written}[${JSON.stringify(name)}]`;
    return written === '' ? name : `${written}.${name}`;
  }, base);
}

/** The members that the schema knows at a path; undefined where any name is fine. */
function knownMembers(schema: z.core.$ZodType, path: Path): string[] | undefined {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodOptional) {
    return knownMembers(schema.unwrap(), path);
  }
  const [step, ...rest] = path;
  if (schema instanceof z.ZodObject) {
    if (step === undefined) return Object.keys(schema.shape);
    const member: unknown = Object.hasOwn(schema.shape, step) ? Reflect.get(schema.shape, step) : undefined;
    return member instanceof z.ZodType ? knownMembers(member, rest) : undefined;
  }
  if (step === undefined) return undefined;
  if (schema instanceof z.ZodArray) return knownMembers(schema.element, rest);
  if (schema instanceof z.ZodRecord) return knownMembers(schema.valueType, rest);
  return undefined;
}

const quoted = (names: readonly string[]) => names.map((name) => `"${name}"`).join(', ');

/**
 * Which alternative of a union the input was meant to be: the one it fails in the fewest places, where a
 * member that is missing altogether counts most.
 */
function closest(alternatives: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  const distance = (issues: readonly Issue[]) =>
    issues.reduce((sum, issue) => sum + (issue.code === 'unrecognized_keys' ? 100 : 1), 0);
  const [best] = alternatives.toSorted((a, b) => distance(a) - distance(b));
  return best && distance(best) < 100 ? best : undefined;
}

function explain(issue: Issue, schema: z.core.$ZodType, base: string, outer: Path): Fault {
  const path = [...outer, ...issue.path];
  const at = writePath(base, path);
  if (issue.code === 'unrecognized_keys') {
    const [first = ''] = issue.keys;
    const known = knownMembers(schema, path);
    const hint = known ? `; known here: ${known.join(', ')}` : '';
    const what = issue.keys.length > 1 ? `unknown keys ${quoted(issue.keys)}` : `unknown key "${first}"`;
    return { at: writePath(base, [...path, first]), message: `${what}${hint}` };
  }
  if (issue.code === 'invalid_union') {
    const [meant] = closest(issue.errors) ?? [];
    return meant ? explain(meant, schema, base, path) : { at, message: issue.message };
  }
  if (issue.code === 'invalid_type' && issue.message.endsWith('received undefined')) {
    return { at, message: `is missing (expected ${issue.expected})` };
  }
  return { at, message: issue.message };
}

/** Explains a failed validation; `base` is where the value stands in what the person wrote. */
export function explainFaults(error: z.ZodError, schema: z.core.$ZodType, base: string): Fault[] {
  return error.issues.map((issue) => explain(issue, schema, base, []));
}
