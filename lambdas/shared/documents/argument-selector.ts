import * as z from 'zod';

const scalar = z.union([z.string().max(1000), z.number(), z.boolean(), z.null()]);

/** `amount`, `options.force`, `recipients[]`, `files[].path`: names, and `[]` for every element of an array. */
const path = z
  .string()
  .max(200)
  .regex(
    /^[^.[\]]+(\[\])*(\.[^.[\]]+(\[\])*)*$/,
    'must be names joined by dots, with [] behind an array, such as files[].path',
  );

const COMPARISONS = [
  'exists',
  'equals',
  'oneOf',
  'startsWith',
  'endsWith',
  'contains',
  'lessThan',
  'atMost',
  'greaterThan',
  'atLeast',
] as const;

/** One argument of a tool's call and one comparison with it. */
export const argumentSelector = z
  .strictObject({
    path,
    exists: z.boolean().optional(),
    equals: scalar.optional(),
    oneOf: z.array(scalar).min(1).max(100).optional(),
    startsWith: z.string().min(1).max(1000).optional(),
    endsWith: z.string().min(1).max(1000).optional(),
    contains: z.string().min(1).max(1000).optional(),
    lessThan: z.number().optional(),
    atMost: z.number().optional(),
    greaterThan: z.number().optional(),
    atLeast: z.number().optional(),
  })
  .refine(
    (value) => COMPARISONS.filter((name) => value[name] !== undefined).length === 1,
    `needs exactly one of ${COMPARISONS.join(', ')}`,
  );

export type ArgumentSelector = z.output<typeof argumentSelector>;
