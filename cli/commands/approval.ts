import type { Command } from 'commander';
import * as z from 'zod';
import { approvalColumns } from '../columns.ts';
import { contextOf } from '../context.ts';
import { printDone, printList } from '../output.ts';

const lasting = z.object({ for: z.string().optional() });
const decided = z.looseObject({ email: z.string(), policy: z.string() });

export function addApproval(program: Command): void {
  const approval = program.command('approval').description('decide about requests to be let in by a policy');
  approval
    .command('list')
    .description('show the requests that you may decide about')
    .action(async (_given: unknown, command: Command) => {
      const { api, format } = contextOf(command);
      printList(format, approvalColumns, await api.page('/me/approvals'), 'Nothing waits for you.');
    });
  approval
    .command('approve')
    .description('let somebody in for a while')
    .argument('<id>', 'id of the request')
    .option('--for <duration>', 'how long: 30m, 8h; as long as the policy allows unless given')
    .action(async (request: string, given: unknown, command: Command) => {
      const { api, format } = contextOf(command);
      const body = { request, decision: 'approve', ...lasting.parse(given) };
      const answer = decided.parse(await api.call('POST', '/me/approvals', { body }));
      printDone(format, `${answer.email} is let in by policy "${answer.policy}".`, answer);
    });
  approval
    .command('deny')
    .description('deny a request, or end an approval')
    .argument('<id>', 'id of the request')
    .action(async (request: string, _given: unknown, command: Command) => {
      const { api, format } = contextOf(command);
      const answer = decided.parse(
        await api.call('POST', '/me/approvals', { body: { request, decision: 'deny' } }),
      );
      printDone(format, `${answer.email} is not let in by policy "${answer.policy}".`, answer);
    });
}
