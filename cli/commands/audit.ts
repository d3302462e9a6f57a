import type { Command } from 'commander';
import * as z from 'zod';
import { limitArgument, sinceArgument } from '../arguments.ts';
import { auditColumns } from '../columns.ts';
import { contextOf } from '../context.ts';
import { printList, say } from '../output.ts';

const options = z.object({
  since: z.string().optional(),
  person: z.string().optional(),
  tool: z.string().optional(),
  limit: z.number(),
  next: z.string().optional(),
});

export function addAudit(program: Command): void {
  const audit = program.command('audit').description('read the audit');
  audit
    .command('list')
    .description('show audit records, newest first')
    .option('--since <time>', 'from this time on: 30m, 1h, 7d or 2026-11-02T09:00:00Z', (text) =>
      sinceArgument(text),
    )
    .option('--person <who>', 'only of this person: e-mail address or id')
    .option('--tool <name>', 'only calls of this tool, by its own name without the slug')
    .option('--limit <number>', 'at most this many', limitArgument, 50)
    .option('--next <cursor>', 'go on where an earlier list ended')
    .action(async (given: unknown, command: Command) => {
      const { api, format } = contextOf(command);
      const { limit, ...query } = options.parse(given);
      const list = await api.list('/audit', query, limit);
      printList(format, auditColumns, list, 'There are no such records.');
      if (list.next !== null && format === 'table') say(`There are more: --next ${list.next}`);
    });
}
