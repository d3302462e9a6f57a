import { type Command, createArgument } from 'commander';
import { type Kind, kinds } from '../../lambdas/shared/documents/kinds.ts';
import { kindArgument } from '../arguments.ts';
import { contextOf } from '../context.ts';
import { printDone } from '../output.ts';
import { kindHelp } from './get.ts';

export function addDelete(program: Command): void {
  program
    .command('delete')
    .description('delete a document that no other document names')
    .addArgument(createArgument('<kind>', kindHelp).argParser(kindArgument))
    .argument('<id>', 'which one')
    .action(async (kind: Kind, id: string, _options: unknown, command: Command) => {
      const { api, format } = contextOf(command);
      const { plural } = kinds[kind];
      const answer = await api.call('DELETE', `/${plural}/${encodeURIComponent(id)}`);
      printDone(format, `${kind} "${id}" is deleted.`, answer);
    });
}
