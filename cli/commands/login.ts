import type { Command } from 'commander';
import * as z from 'zod';
import { ApiClient } from '../api-client.ts';
import { contextOf } from '../context.ts';
import { discover, revoke } from '../oauth.ts';
import { printDone, say } from '../output.ts';
import { adminOf, signIn } from '../sign-in.ts';

const options = z.object({ person: z.string().optional(), browser: z.boolean() });
const me = z.looseObject({ person: z.looseObject({ email: z.string() }), role: z.string().nullable() });

export function addLogin(program: Command): void {
  program
    .command('login')
    .description('sign in: to administer a deployment, or to see and end your own sessions')
    .option('--person <name>', 'sign in as a seeded person, without a browser (embedded cloud only)')
    .option('--no-browser', 'only print the address to sign in at')
    .action(async (given: unknown, command: Command) => {
      const { person, browser } = options.parse(given);
      const { url, format, tokens } = contextOf(command);
      const admin = adminOf(url);
      const issued = await signIn(url, admin, { person, openBrowser: browser, say });
      const client = new ApiClient(url, async () => issued.accessToken);
      const who = await client.call('GET', '/me').catch(async (error: unknown) => {
        await revoke(await discover(url), issued.refreshToken ?? issued.accessToken).catch(() => {});
        throw error;
      });
      await tokens.put(url, admin.resource, issued);
      const { person: signedIn, role } = me.parse(who);
      const may = role ?? 'no role: you may see and end your own sessions';
      printDone(format, `Signed in to ${url} as ${signedIn.email} (${may}).`, who);
    });
}
