import { type Command, InvalidArgumentError } from 'commander';
import { stringify } from 'yaml';
import * as z from 'zod';
import { contextOf } from '../context.ts';
import { checks } from '../doctor/checks.ts';
import { renderReport } from '../doctor/report.ts';
import { runChecks } from '../doctor/run-checks.ts';
import { Visit } from '../doctor/visit.ts';
import { Failure } from '../failure.ts';
import { discover, revoke, type Tokens } from '../oauth.ts';
import { say } from '../output.ts';

const options = z.object({
  person: z.string().optional(),
  browser: z.boolean(),
  signIn: z.boolean(),
  apiHost: z.string().optional(),
  json: z.boolean().optional(),
});

/** A host with or without a port; `https://` before it does no harm. */
function hostArgument(text: string): string {
  const host = text.replace(/^https?:\/\//, '').replace(/\/$/, '');
  if (/^[\w.-]+(:\d+)?$/.test(host)) return host;
  throw new InvalidArgumentError('Give the output ApiHost of the stack.');
}

/** Nothing of the examination stays: what was issued for it ends with it. */
async function forget(url: string, issued: readonly (Tokens | undefined)[]): Promise<void> {
  const tokens = issued.filter((each) => each !== undefined);
  if (tokens.length === 0) return;
  const server = await discover(url);
  await Promise.all(tokens.map((each) => revoke(server, each.refreshToken ?? each.accessToken)));
}

export function addDoctor(program: Command): void {
  program
    .command('doctor')
    .description('examine a deployment: say what is wrong, why it matters and what to do')
    .option('--person <name>', 'sign in as a seeded person, without a browser (embedded cloud only)')
    .option('--no-browser', 'only print the address to sign in at')
    .option('--no-sign-in', 'examine only what anybody can see')
    .option('--api-host <host>', 'the host behind the public origin (output ApiHost)', hostArgument)
    .option('--json', 'the same as -o json')
    .action(async (given: unknown, command: Command) => {
      const { person, browser, signIn, apiHost, json } = options.parse(given);
      const { url, format: chosen } = contextOf(command);
      const format = json ? 'json' : chosen;
      const visit = new Visit({ url, person, openBrowser: browser, anonymous: !signIn, apiHost, say });
      const results = await runChecks(checks, visit);
      const { admin, portal } = visit.learned;
      await forget(url, [admin, portal]).catch(() => {});
      const failed = results.filter(({ verdict }) => verdict === 'fail');
      const report = { url, healthy: failed.length === 0, checks: results };
      if (format === 'json') process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
      else process.stdout.write(format === 'yaml' ? stringify(report) : renderReport(results));
      if (failed.length > 0)
        throw new Failure(`${url} is not well: ${failed.map(({ name }) => name).join(', ')}.`);
    });
}
