import type { Command } from 'commander';
import * as z from 'zod';
import { contextOf } from '../context.ts';
import { printDone } from '../output.ts';

const synced = z.looseObject({
  status: z.looseObject({ era: z.string(), tools: z.number(), prompts: z.number(), resources: z.number() }),
});

export function addSync(program: Command): void {
  const sync = program.command('sync').description('read again what a server offers');
  sync
    .command('server')
    .description('read the tools, prompts and resources of a server and put them in force')
    .argument('<id>', 'which server')
    .action(async (id: string, _options: unknown, command: Command) => {
      const { api, format } = contextOf(command);
      const answer = synced.parse(await api.call('POST', `/servers/${encodeURIComponent(id)}/sync`));
      const { era, tools, prompts, resources } = answer.status;
      const found = `${tools} tools, ${prompts} prompts, ${resources} resources (${era})`;
      printDone(format, `Server "${id}" has ${found}.`, answer);
    });
}
