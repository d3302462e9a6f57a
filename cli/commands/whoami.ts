import type { Command } from 'commander';
import { row, whoAmIColumns } from '../columns.ts';
import { contextOf } from '../context.ts';
import { printOne } from '../output.ts';

export function addWhoami(program: Command): void {
  program
    .command('whoami')
    .description('show who is signed in, with their role')
    .action(async (_options: unknown, command: Command) => {
      const { api, format } = contextOf(command);
      printOne(format, whoAmIColumns, row.parse(await api.call('GET', '/me')));
    });
}
