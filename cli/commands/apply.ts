import type { Command } from 'commander';
import * as z from 'zod';
import { ApiRefusal } from '../api-client.ts';
import { appliedColumns, row } from '../columns.ts';
import { contextOf } from '../context.ts';
import { placeRefusal, readDocumentFiles, type WrittenDocument } from '../document-files.ts';
import { Failure } from '../failure.ts';
import { printList, say } from '../output.ts';
import { printDifference } from '../policy/difference.ts';

const options = z.object({ file: z.array(z.string()).min(1), dryRun: z.boolean().optional() });
const applied = z.object({
  results: z.array(row),
  warnings: z.array(z.object({ at: z.string(), message: z.string() })).default([]),
});
const failedSync = z.looseObject({
  id: z.string(),
  sync: z.object({ status: z.literal('failed'), message: z.string().optional() }),
});

const collect = (file: string, files: string[] | undefined) => [...(files ?? []), file];

function refusedIn(documents: readonly WrittenDocument[]): (error: unknown) => never {
  return (error) => {
    if (error instanceof ApiRefusal) throw new Failure(placeRefusal(documents, error.message, error.at));
    throw error;
  };
}

export function addApply(program: Command): void {
  program
    .command('apply')
    .description('create or replace configuration documents: all of them or none')
    .requiredOption(
      '-f, --file <file>',
      'YAML (one or more documents) or JSON; - is standard input; repeatable',
      collect,
    )
    .option('--dry-run', 'say who would gain and who would lose access, as policy diff does; apply nothing')
    .action(async (given: unknown, command: Command) => {
      const { api, format } = contextOf(command);
      const { file, dryRun } = options.parse(given);
      const documents = await readDocumentFiles(file);
      if (dryRun) return printDifference(api, format, { to: documents });
      const body = { documents: documents.map(({ value }) => value) };
      const { results, warnings } = applied.parse(
        await api.call('POST', '/apply', { body }).catch(refusedIn(documents)),
      );
      printList(format, appliedColumns, { items: results, next: null }, 'Nothing to apply.');
      for (const result of results) {
        const failed = failedSync.safeParse(result).data;
        if (failed)
          say(`Server "${failed.id}" is applied but could not be read: ${failed.sync.message ?? ''}`);
      }
      for (const { at, message } of warnings) say(`Look at ${placeRefusal(documents, message, at)}`);
    });
}
