import * as z from 'zod';

/** Replaces parts of a resolved value of a template; a part that the change gives undefined for is looked into. */
export function replaceParts(value: unknown, change: (part: unknown) => unknown): unknown {
  const changed = change(value);
  if (changed !== undefined) return changed;
  if (Array.isArray(value)) return value.map((part) => replaceParts(part, change));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, replaceParts(part, change)]));
}

const getAtt = z.strictObject({ 'Fn::GetAtt': z.tuple([z.string(), z.string()]) });

/** The resource and the attribute that a value of a template is, if it is one. */
export function attributeOf(value: unknown): { logicalId: string; attribute: string } | undefined {
  const [logicalId, attribute] = getAtt.safeParse(value).data?.['Fn::GetAtt'] ?? [];
  return logicalId === undefined || attribute === undefined ? undefined : { logicalId, attribute };
}
