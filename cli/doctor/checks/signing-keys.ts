import { createPublicKey } from 'node:crypto';
import * as z from 'zod';
import { type Check, must, pass } from '../check.ts';
import { mustHave } from '../explain-answer.ts';
import { serverMetadata } from './server-metadata.ts';

const key = z.looseObject({
  kty: z.literal('RSA'),
  kid: z.string().min(1),
  alg: z.literal('RS256'),
  use: z.literal('sig'),
  n: z.string(),
  e: z.string(),
});
const keySet = z.object({ keys: z.array(key).min(1) });

const LEAST_BITS = 2048;
const TO_DO =
  'Read the log of access-oauth; `GET /oauth/jwks` comes from there. Look at what stands in front and changes answers.';

/** What the deployment signs with, as everybody may verify it (RFC 7517). */
export const signingKeys: Check = {
  name: 'signing-keys',
  after: [serverMetadata],
  async examine(visit) {
    const { keys } = mustHave(await visit.ask('/oauth/jwks'), keySet, 'GET /oauth/jwks');
    for (const { kid, kty, n, e, ...others } of keys) {
      must(
        !('d' in others),
        `the key ${kid} is published with its private part`,
        'Whoever read it can sign tokens.',
        'Withdraw all keys at once, as docs/runbook.md#keys says.',
      );
      const { asymmetricKeyDetails } = createPublicKey({ key: { kty, n, e }, format: 'jwk' });
      const bits = asymmetricKeyDetails?.modulusLength ?? 0;
      must(bits >= LEAST_BITS, `the key ${kid} has ${bits} bits`, 'Too short to be safe.', TO_DO);
    }
    visit.learned.keys = keys;
    return pass(`${keys.length} RS256: ${keys.map(({ kid }) => kid.slice(0, 8)).join(', ')}`);
  },
};
