import type { Command } from 'commander';
import * as z from 'zod';
import { riskColumns, row } from '../columns.ts';
import { contextOf } from '../context.ts';
import { BAD_USAGE, Failure } from '../failure.ts';
import { printList } from '../output.ts';

const options = z.object({ reason: z.string().optional(), for: z.string() });
const answer = z.object({ items: z.array(row), next: z.null() });
const HOURS: Readonly<Record<string, number>> = { h: 1, d: 24 };

function endOf(duration: string): string {
  const [, count = '', unit = ''] = /^(\d{1,4})([hd])$/.exec(duration) ?? [];
  const hours = Number(count) * (HOURS[unit] ?? 0);
  if (hours === 0) throw new Failure('--for takes a duration such as 12h or 7d.', BAD_USAGE);
  return new Date(Date.now() + hours * 3_600_000).toISOString();
}

export function addPerson(program: Command): void {
  program
    .command('person')
    .description('see and state what is known of a person')
    .command('risk')
    .description('show the risk of a person, or state it')
    .argument('<who>', 'e-mail address or id')
    .argument('[level]', 'none, low, medium or high: states it')
    .option('--reason <text>', 'why; needed with a level')
    .option('--for <duration>', 'how long it holds: 12h, 7d; at most 90d', '7d')
    .action(async (who: string, level: string | undefined, given: unknown, command: Command) => {
      const { api, format } = contextOf(command);
      const { reason, for: duration } = options.parse(given);
      const path = `/people/${encodeURIComponent(who)}/risk`;
      if (level !== undefined && reason === undefined)
        throw new Failure('Say why with --reason: it is recorded.', BAD_USAGE);
      const body = { level, reason, expiresAt: endOf(duration) };
      const found = await (level === undefined ? api.call('GET', path) : api.call('PUT', path, { body }));
      printList(format, riskColumns, answer.parse(found), 'There is nobody.');
    });
}
