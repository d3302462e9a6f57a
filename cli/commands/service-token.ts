import type { Command } from 'commander';
import * as z from 'zod';
import { keepPreviousArgument } from '../arguments.ts';
import { contextOf } from '../context.ts';
import { printDone } from '../output.ts';

const options = z.object({ keepPrevious: z.number().optional() });
const rotated = z.looseObject({
  clientId: z.string(),
  secret: z.string(),
  expiresAt: z.string(),
  previousExpiresAt: z.string().nullable(),
});

const secretsOf = (id: string) => `/service-tokens/${encodeURIComponent(id)}/secrets`;
const minutes = (time: string) => `${time.slice(0, 16).replace('T', ' ')} UTC`;

export function addServiceToken(program: Command): void {
  const serviceToken = program.command('service-token').description('secrets of service tokens');
  serviceToken
    .command('rotate')
    .description('make a new secret, which is shown this once')
    .argument('<id>', 'which service token')
    .option(
      '--keep-previous <hours>',
      'how long the secret before stays good: 0 to 168',
      keepPreviousArgument,
    )
    .action(async (id: string, given: unknown, command: Command) => {
      const { api, format } = contextOf(command);
      const { keepPrevious } = options.parse(given);
      const body = keepPrevious === undefined ? {} : { keepPreviousHours: keepPrevious };
      const answer = rotated.parse(await api.call('POST', secretsOf(id), { body }));
      const { clientId, secret, expiresAt, previousExpiresAt } = answer;
      const before = previousExpiresAt
        ? `\nThe secret before is good until ${minutes(previousExpiresAt)}.`
        : '';
      const text = `Client id: ${clientId}\nSecret:    ${secret}\nExpires:   ${minutes(expiresAt)}\nKeep it now: it is not shown again.${before}`;
      printDone(format, text, answer);
    });
  serviceToken
    .command('revoke')
    .description('end all secrets and access tokens of a service token at once')
    .argument('<id>', 'which service token')
    .action(async (id: string, _options: unknown, command: Command) => {
      const { api, format } = contextOf(command);
      const answer = await api.call('DELETE', secretsOf(id));
      printDone(format, `Service token "${id}" has no secret and no access token any more.`, answer);
    });
}
