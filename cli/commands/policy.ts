import type { Command } from 'commander';
import * as z from 'zod';
import { limitArgument } from '../arguments.ts';
import type { Column } from '../columns.ts';
import { contextOf } from '../context.ts';
import { documentFilesIn, readDocumentFiles, type WrittenDocument } from '../document-files.ts';
import { BAD_USAGE, Failure } from '../failure.ts';
import { printDone, printList, say } from '../output.ts';
import { printDifference } from '../policy/difference.ts';
import { NOT_ALLOWED, objectArgument, testBody, testOptions, timeArgument } from '../policy/options.ts';
import { nameOfWho, testAnswer, testReport } from '../policy/report.ts';

function addTest(policy: Command): void {
  policy
    .command('test')
    .description('say what policies decide about somebody, why, and what would have to change')
    .option('--person <who>', 'e-mail address or id')
    .option('--service-token <id>', 'instead of a person')
    .option('--portal <id>', 'the only one unless it is given')
    .option('--server <id>', 'a server of the portal, by id or slug; without it, the portal itself')
    .option('--tool <name>', 'a tool of the server, or a name as the portal lists it')
    .option('--ip <address>', 'where the request comes from')
    .option('--country <code>', 'the same, as ISO 3166-1 alpha-2')
    .option('--client <id>', 'the application, by its client id')
    .option('--client-host <host>', 'the host that the application is known by')
    .option('--certificate <fingerprint>', 'SHA-256 of the client certificate')
    .option('--at <time>', 'when; now unless it is given', timeArgument)
    .option('--args <json>', "arguments of the tool's call", objectArgument)
    .option('--what-if <json>', 'in place of what is stored, such as {"groups": ["staff"]}', objectArgument)
    .option('--ask-external', 'ask external evaluations for real; unknown without it')
    .option('--exit-code', `exit with ${NOT_ALLOWED} unless the answer is "allowed"`)
    .action(async (given: unknown, command: Command) => {
      const { api, format } = contextOf(command);
      const options = testOptions.parse(given);
      const answer = testAnswer.parse(await api.call('POST', '/policies/test', { body: testBody(options) }));
      printDone(format, testReport(answer).trimEnd(), answer);
      if (options.exitCode && !answer.decision.allowed)
        throw new Failure(`Not allowed: ${answer.decision.outcome}.`, NOT_ALLOWED);
    });
}

const whoOptions = z.object({
  portal: z.string().optional(),
  server: z.string().optional(),
  tool: z.string().optional(),
  allowed: z.boolean().optional(),
  denied: z.boolean().optional(),
  limit: z.number(),
});
const whoItem = z.looseObject({
  who: z.looseObject({ id: z.string().optional() }),
  outcome: z.string(),
  policy: z.string().nullable(),
  level: z.string(),
  remedies: z.array(z.string()),
});
const whoPage = z.object({ items: z.array(whoItem), next: z.string().nullable() });

const whoCell =
  (show: (row: z.output<typeof whoItem>) => string): Column[1] =>
  (row) =>
    show(whoItem.parse(row));
const whoColumns: readonly Column[] = [
  ['WHO', whoCell(({ who }) => nameOfWho(who))],
  ['ID', whoCell(({ who }) => who.id ?? '')],
  ['OUTCOME', whoCell(({ outcome }) => outcome)],
  ['BY', whoCell(({ policy, level }) => (policy === null ? `no ${level} policy` : policy))],
  ['LEVEL', whoCell(({ level }) => level)],
  ['LEFT TO DO', whoCell(({ remedies }) => remedies.join(', '))],
];

const PAGE = 200;

function addWho(policy: Command): void {
  policy
    .command('who')
    .description('list who could use a portal, a server or a tool, from the right place at the right time')
    .option('--portal <id>', 'the only one unless it is given')
    .option('--server <id>', 'a server of the portal, by id or slug')
    .option('--tool <name>', 'a tool of the server, or a name as the portal lists it')
    .option('--allowed', 'only who is allowed or held')
    .option('--denied', 'only who is denied')
    .option('--limit <number>', 'at most this many', limitArgument, 1000)
    .action(async (given: unknown, command: Command) => {
      const { api, format } = contextOf(command);
      const { allowed, denied, limit, ...target } = whoOptions.parse(given);
      if (allowed && denied) throw new Failure('Say --allowed or --denied, not both.', BAD_USAGE);
      const only = allowed ? { allowed: true } : denied ? { allowed: false } : {};
      const items: z.output<typeof whoItem>[] = [];
      let next: string | null = null;
      do {
        const body = { ...target, ...only, limit: PAGE, ...(next === null ? {} : { next }) };
        const page = whoPage.parse(await api.call('POST', '/policies/who', { body }));
        items.push(...page.items);
        next = page.next;
      } while (next !== null && items.length < limit);
      const left = items.length > limit || next !== null;
      const list = { items: items.slice(0, limit), next: null };
      printList(format, whoColumns, list, 'Nobody.');
      if (left) say(`There are more than ${limit}: raise --limit.`);
    });
}

const files = z.array(z.string());
const diffOptions = z.object({ from: files.optional(), to: files.optional() });

async function read(names: readonly string[]): Promise<WrittenDocument[]> {
  return readDocumentFiles(await documentFilesIn(names));
}

function addDiff(policy: Command): void {
  policy
    .command('diff')
    .description('say who would gain and who would lose access by applying files; nothing is stored')
    .argument('[files...]', 'files or folders to compare with what is stored; - is standard input')
    .option('--from <files...>', 'instead of what is stored: files or folders')
    .option('--to <files...>', 'compared with --from: files or folders')
    .action(async (names: string[], given: unknown, command: Command) => {
      const { api, format } = contextOf(command);
      const { from, to } = diffOptions.parse(given);
      const wanted = to ?? names;
      if (
        wanted.length === 0 ||
        (to !== undefined && names.length > 0) ||
        (to === undefined) !== (from === undefined)
      )
        throw new Failure('Say what to compare: FILES, or --from OLD --to NEW.', BAD_USAGE);
      const documents = { to: await read(wanted), ...(from ? { from: await read(from) } : {}) };
      await printDifference(api, format, documents);
    });
}

export function addPolicy(program: Command): void {
  const policy = program.command('policy').description('try policies: test, who, diff');
  addTest(policy);
  addWho(policy);
  addDiff(policy);
}
