import type { Command } from 'commander';
import { contextOf } from '../context.ts';
import { discover, revoke } from '../oauth.ts';
import { printDone, say } from '../output.ts';

export function addLogout(program: Command): void {
  program
    .command('logout')
    .description('end the sign-in and forget its tokens')
    .action(async (_options: unknown, command: Command) => {
      const { url, format, tokens } = contextOf(command);
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
