import { type Command, createArgument } from 'commander';
import { type Kind, kindNames, kinds } from '../../lambdas/shared/documents/kinds.ts';
import { kindArgument } from '../arguments.ts';
import { documentColumns, row } from '../columns.ts';
import { contextOf } from '../context.ts';
import { printList, printOne } from '../output.ts';

export const kindHelp = kindNames.map((name) => kinds[name].plural).join(', ');

export function addGet(program: Command): void {
  program
    .command('get')
    .description('show documents of a kind, or one of them')
    .addArgument(createArgument('<kind>', kindHelp).argParser(kindArgument))
    .argument('[id]', 'show only this one')
    .action(async (kind: Kind, id: string | undefined, _options: unknown, command: Command) => {
      const { api, format } = contextOf(command);
      const { plural } = kinds[kind];
      if (id !== undefined) {
        const found = row.parse(await api.call('GET', `/${plural}/${encodeURIComponent(id)}`));
        return printOne(format, documentColumns[kind], found);
      }
      const list = await api.list(`/${plural}`, {}, Number.POSITIVE_INFINITY);
      printList(format, documentColumns[kind], list, `There are no ${plural} yet.`);
    });
}
