import * as z from 'zod';
import type { CommandLine } from './command-line.ts';

const records = z.object({
  items: z.array(
    z.looseObject({
      id: z.string(),
      type: z.string(),
      status: z.string(),
      person: z.looseObject({ email: z.string() }).optional(),
      tool: z.string().optional(),
      reason: z.string().optional(),
      decision: z.looseObject({ allowed: z.boolean() }).optional(),
    }),
  ),
});

/** The newest records of the audit. */
export async function auditOf(owner: CommandLine) {
  return records.parse(JSON.parse(await owner.run('audit', 'list', '--limit', '200', '--output', 'json')))
    .items;
}
