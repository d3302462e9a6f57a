import * as z from 'zod';
import { JWKS_KEY } from '../../access/keys/public-keys.ts';
import type { Table } from '../../shared/table.ts';
import type { SigningKey } from './answer.ts';

const published = z.object({
  ring: z.array(
    z.object({
      kid: z.string(),
      status: z.enum(['next', 'signing', 'retired']),
      /** Epoch seconds. */
      since: z.number().transform((time) => new Date(time * 1000).toISOString()),
    }),
  ),
});

/** The keys of the deployment as they were published last; none before the first sign-in. */
export async function readSigningKeys(identity: Table): Promise<SigningKey[]> {
  const item = await identity.get(JWKS_KEY);
  return item ? published.parse(item).ring : [];
}
