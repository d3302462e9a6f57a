import type { Command } from 'commander';
import * as z from 'zod';
import { contextOf } from '../context.ts';
import { printDone, say } from '../output.ts';
import { keptTokens, portalOf, signIn } from '../sign-in.ts';

const options = z.object({ person: z.string().optional(), browser: z.boolean() });

export function addToken(program: Command): void {
  program
    .command('token')
    .description('print an access token for the portal')
    .option('--person <name>', 'as a seeded person, without a browser (embedded cloud only)')
    .option('--no-browser', 'only print the address to sign in at')
    .action(async (given: unknown, command: Command) => {
      const { person, browser } = options.parse(given);
      const { url, format, tokens } = contextOf(command);
      const portal = portalOf(url);
      const kept = person === undefined ? await keptTokens(tokens, url, portal) : undefined;
      const issued = kept ?? (await signIn(url, portal, { person, openBrowser: browser, say }));
      if (!kept && person === undefined) await tokens.put(url, portal.resource, issued);
      const expiresAt = new Date(issued.expiresAt * 1000).toISOString();
      printDone(format, issued.accessToken, {
        accessToken: issued.accessToken,
        resource: portal.resource,
        expiresAt,
      });
    });
}
