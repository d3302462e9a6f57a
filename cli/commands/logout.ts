import type { Command } from 'commander';
import * as z from 'zod';
import { contextOf } from '../context.ts';
import { discover, revoke } from '../oauth.ts';
import { printDone, say } from '../output.ts';
import { endSessions } from './session.ts';

const options = z.object({ everywhere: z.boolean().optional() });

export function addLogout(program: Command): void {
  program
    .command('logout')
    .description('end the sign-in and forget its tokens')
    .option('--everywhere', 'end every sign-in of yours, on all devices and of all applications')
    .action(async (given: unknown, command: Command) => {
      const context = contextOf(command);
      const { url, format, tokens } = context;
      if (options.parse(given).everywhere) {
        await endSessions(context, '/me/sessions/revoke', { everywhere: true });
        await tokens.remove(url);
        return;
      }
      const removed = await tokens.remove(url);
      try {
        const server = removed.length > 0 ? await discover(url) : undefined;
        for (const kept of removed) {
          if (server) await revoke(server, kept.refreshToken ?? kept.accessToken);
        }
      } catch {
        say('The tokens are forgotten here, but the deployment could not be told.');
      }
      const was = removed.length > 0 ? `Signed out of ${url}.` : `You were not signed in to ${url}.`;
      printDone(format, was, { url, signedOut: removed.length > 0 });
    });
}
