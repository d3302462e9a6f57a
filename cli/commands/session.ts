import { type Command, Option } from 'commander';
import * as z from 'zod';
import { limitArgument } from '../arguments.ts';
import { sessionColumns } from '../columns.ts';
import { type CommandContext, contextOf } from '../context.ts';
import { BAD_USAGE, Failure } from '../failure.ts';
import { printDone, printList, say } from '../output.ts';

const filters = z.object({
  person: z.string().optional(),
  client: z.string().optional(),
  mine: z.boolean().optional(),
});
const listOptions = filters.extend({ limit: z.number(), next: z.string().optional() });
const revokeOptions = filters.extend({ grant: z.string().optional() });

const revoked = z.looseObject({
  ended: z.object({ sessions: z.array(z.string()), grants: z.array(z.string()) }),
});

const personOption = () =>
  new Option('--person <who>', 'of this person: e-mail address or id').conflicts(['client', 'mine']);
const clientOption = () =>
  new Option('--client <id>', 'of this application, by its client id').conflicts(['person', 'mine']);

function addList(session: Command): void {
  session
    .command('list')
    .description('show sign-ins with their applications: your own, or those of a person or an application')
    .addOption(personOption())
    .addOption(clientOption())
    .option('--mine', 'your own (also without an option)')
    .option('--limit <number>', 'at most this many', limitArgument, 100)
    .option('--next <cursor>', 'go on where an earlier list ended')
    .action(async (given: unknown, command: Command) => {
      const { api, format } = contextOf(command);
      const { person, client, limit, next } = listOptions.parse(given);
      const own = person === undefined && client === undefined;
      const list = await api.list(own ? '/me/sessions' : '/sessions', { person, client, next }, limit);
      printList(format, sessionColumns, list, 'There are no sessions.');
      if (list.next !== null && format === 'table')
        say(`There are more: --next ${JSON.stringify(list.next)}`);
    });
}

const counted = (count: number, what: string) => `${count} ${what}${count === 1 ? '' : 's'}`;

/** Ends what the body names and says what that was. */
export async function endSessions(
  { api, format }: CommandContext,
  path: '/sessions/revoke' | '/me/sessions/revoke',
  body: object,
): Promise<void> {
  const answer = revoked.parse(await api.call('POST', path, { body }));
  const { sessions, grants } = answer.ended;
  const sentence = `Ended: ${counted(sessions.length, 'sign-in')}, ${counted(grants.length, 'connection')}.`;
  printDone(format, `${sentence} What is open ends within a minute.`, answer);
}

/** What is to end: exactly one thing. */
function targetOf(session: string | undefined, given: z.output<typeof revokeOptions>): object {
  const { person, client, grant, mine } = given;
  const named = Object.entries({ session, grant, person, client }).filter(([, id]) => id !== undefined);
  if (named.length === 0 && mine) return { everywhere: true };
  if (named.length === 1) return Object.fromEntries(named);
  throw new Failure(
    'Say what to end, one of: the id of a sign-in, --grant, --person, --client, or --mine for all of yours.',
    BAD_USAGE,
  );
}

function addRevoke(session: Command): void {
  session
    .command('revoke')
    .description('end a sign-in, one connection, or everything of an application or person')
    .argument('[id]', 'end this sign-in, with all that was connected in it')
    .option('--grant <id>', 'end this one connection of an application')
    .addOption(personOption())
    .addOption(clientOption())
    .option('--mine', 'all of your own; with an id or --grant, only if it is yours')
    .action(async (id: string | undefined, given: unknown, command: Command) => {
      const options = revokeOptions.parse(given);
      const path = options.mine ? '/me/sessions/revoke' : '/sessions/revoke';
      await endSessions(contextOf(command), path, targetOf(id, options));
    });
}

export function addSession(program: Command): void {
  const session = program.command('session').description('see and end sign-ins');
  addList(session);
  addRevoke(session);
}
