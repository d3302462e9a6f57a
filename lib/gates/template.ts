import * as z from 'zod';

export type Json = z.core.util.JSONType;
export type JsonObject = Record<string, Json>;

const resource = z.object({
  Type: z.string(),
  Properties: z.record(z.string(), z.json()).default({}),
  DeletionPolicy: z.string().optional(),
  UpdateReplacePolicy: z.string().optional(),
});

const template = z.object({ Resources: z.record(z.string(), resource).default({}) });

/** A CloudFormation template as it is sent, intrinsic functions and all. */
export type Template = z.output<typeof template>;
export type Resource = Template['Resources'][string];

/** @throws Error when it is no CloudFormation template. */
export const readTemplate = (value: unknown): Template => template.parse(value);

/** The resources of some types, by logical id. */
export function ofType({ Resources }: Template, ...types: readonly string[]): [string, Resource][] {
  return Object.entries(Resources).filter(([, { Type }]) => types.includes(Type));
}

export const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The members of a list; a single value counts as a list of one, as in policy documents. */
export const listOf = (value: Json | undefined): readonly Json[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value];

export const objectsOf = (value: Json | undefined): readonly JsonObject[] => listOf(value).filter(isObject);

/** A value as messages and comparisons write it: texts as they are, anything else as JSON. */
export const written = (value: Json | undefined): string =>
  typeof value === 'string' ? value : JSON.stringify(value ?? null);

/** One value in the properties of a resource and where it stands, such as `Targets.0.Arn`. */
export interface Located {
  location: string;
  value: Json;
}

/** What stands at a path; `*` is every member of a list or object. Nothing where the path ends early. */
export function at(value: Json | undefined, path: string): Located[] {
  let found: Located[] = value === undefined ? [] : [{ location: '', value }];
  for (const step of path.split('.')) found = found.flatMap((each) => children(each, step));
  return found;
}

/** The value at a path without `*`. */
export const valueAt = (value: Json | undefined, path: string): Json | undefined => at(value, path)[0]?.value;

function children({ location, value }: Located, step: string): Located[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value)
    .filter(([key, member]) => member !== undefined && (step === '*' || step === key))
    .map(([key, member]) => ({ location: location === '' ? key : `${location}.${key}`, value: member }));
}

/** Every text, number and boolean below a value, with the name of the nearest property. */
export function* leaves(value: Json, location = '', name = ''): Generator<Located & { name: string }> {
  if (typeof value !== 'object' || value === null) {
    yield { location, value, name };
    return;
  }
  for (const [key, member] of Object.entries(value)) {
    const below = location === '' ? key : `${location}.${key}`;
    yield* leaves(member, below, Array.isArray(value) ? name : key);
  }
}
