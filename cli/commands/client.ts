import { type Command, Option } from 'commander';
import * as z from 'zod';
import { limitArgument } from '../arguments.ts';
import { clientColumns } from '../columns.ts';
import { contextOf } from '../context.ts';
import { printDone, printList, say } from '../output.ts';

const listOptions = z.object({
  status: z.string().optional(),
  limit: z.number(),
  next: z.string().optional(),
});
const decided = z.looseObject({
  name: z.string().optional(),
  client: z.string(),
  hosts: z.array(z.string()),
});

function addList(client: Command): void {
  client
    .command('list')
    .description('show applications that wait for a decision, and those that have one')
    .addOption(new Option('--status <status>', 'only these').choices(['held', 'approved', 'denied']))
    .option('--limit <number>', 'at most this many', limitArgument, 100)
    .option('--next <cursor>', 'go on where an earlier list ended')
    .action(async (given: unknown, command: Command) => {
      const { api, format } = contextOf(command);
      const { status, limit, next } = listOptions.parse(given);
      const list = await api.list('/clients', { status, next }, limit);
      printList(format, clientColumns, list, 'There are no such applications.');
      if (list.next !== null && format === 'table') say(`There are more: --next ${list.next}`);
    });
}

function addDecision(client: Command, verb: 'approve' | 'deny', description: string, outcome: string): void {
  client
    .command(verb)
    .description(description)
    .argument('<key>', 'which application, as the list names it')
    .action(async (key: string, _options: unknown, command: Command) => {
      const { api, format } = contextOf(command);
      const answer = await api.call('POST', `/clients/${encodeURIComponent(key)}/${verb}`);
      const { name, client: id, hosts } = decided.parse(answer);
      printDone(format, `${name ?? id} of ${hosts.join(', ')} ${outcome}`, answer);
      if (verb === 'approve' && id.startsWith('client-') && format === 'table')
        say(
          'It registered itself: when it registers anew it is held again. To let in all of a host, list the host under spec.clients.hosts of the portal.',
        );
    });
}

export function addClient(program: Command): void {
  const client = program.command('client').description('decide which applications may connect');
  addList(client);
  addDecision(client, 'approve', 'let an application connect from now on', 'may connect now.');
  addDecision(
    client,
    'deny',
    'keep an application out, and end its connections',
    'may not connect any more; its connections end within a minute.',
  );
}
