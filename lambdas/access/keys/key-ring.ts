import { createHmac, randomBytes } from 'node:crypto';
import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose';
import * as z from 'zod';

const text = z.string().min(1);
const privateJwk = z.object({
  kty: z.literal('RSA'),
  kid: text,
  alg: z.literal('RS256'),
  use: z.literal('sig'),
  n: text,
  e: text,
  d: text,
  p: text,
  q: text,
  dp: text,
  dq: text,
  qi: text,
});
export type PrivateJwk = z.output<typeof privateJwk>;

/** A signing key and the key of the cookies that live with it. Times are epoch seconds. */
const generationSchema = z.object({
  /** `next` is published and does not sign yet, `retired` does not sign any more. */
  state: z.enum(['next', 'signing', 'retired']),
  kid: text,
  createdAt: z.number(),
  /** Since when verifiers are known to find the public half. */
  publishedAt: z.number().optional(),
  signingSince: z.number().optional(),
  retiredAt: z.number().optional(),
  /** Gone once no token that it signed is alive. */
  signingKey: privateJwk.optional(),
  cookieKey: text,
});
export type Generation = z.output<typeof generationSchema>;

/** All secrets of the provider. Exactly one generation signs. */
export const keyRingSchema = z.object({
  generations: z
    .array(generationSchema)
    .refine((all) => all.filter(({ state }) => state === 'signing').length === 1, 'one generation must sign'),
  formKey: text,
});
export type KeyRing = z.output<typeof keyRingSchema>;

/** What the provider signs with. It never leaves the provider's functions. */
export interface ProviderSecrets {
  /** The version of the ring that these come from. */
  version: number;
  /** The key that signs first, then those that are published only. */
  signingKeys: readonly [PrivateJwk, ...PrivateJwk[]];
  /** The key that signs first, then those that are still accepted. */
  cookieKeys: readonly string[];
  formKey: string;
}

/** A public signing key as verifiers and `/oauth/jwks` get it. */
export type PublicJwk = Pick<PrivateJwk, 'kty' | 'kid' | 'alg' | 'use' | 'n' | 'e'>;

/** Fresh keys, which sign once they were published. */
export async function newGeneration(now: number): Promise<Generation> {
  const { privateKey } = await generateKeyPair('RS256', { modulusLength: 2048, extractable: true });
  const jwk = await exportJWK(privateKey);
  const kid = await calculateJwkThumbprint(jwk);
  return {
    state: 'next',
    kid,
    createdAt: now,
    signingKey: privateJwk.parse({ ...jwk, kid, alg: 'RS256', use: 'sig' }),
    cookieKey: randomBytes(32).toString('base64url'),
  };
}

/** A key for form tokens that is as secret as the generation it is made from. */
export const formKeyOf = ({ cookieKey }: Generation): string =>
  createHmac('sha256', cookieKey).update('form tokens').digest('base64url');

/** The ring of a new deployment. Nobody verifies tokens yet, so its key signs at once. */
export function firstRing(generation: Generation, now: number): KeyRing {
  const signing: Generation = { ...generation, state: 'signing', publishedAt: now, signingSince: now };
  return { generations: [signing], formKey: formKeyOf(generation) };
}

const ORDER = { signing: 0, next: 1, retired: 2 } as const;

/** The ring as the provider uses it. */
export function secretsOf({ generations, formKey }: KeyRing, version: number): ProviderSecrets {
  const ordered = generations.toSorted(
    (a, b) => ORDER[a.state] - ORDER[b.state] || b.createdAt - a.createdAt,
  );
  const [signing, ...others] = ordered.flatMap(({ signingKey }) => signingKey ?? []);
  if (!signing || signing.kid !== ordered[0]?.kid) throw new Error('The key ring has no key that signs.');
  return {
    version,
    signingKeys: [signing, ...others],
    cookieKeys: ordered.map(({ cookieKey }) => cookieKey),
    formKey,
  };
}

/** The public half of every key in the ring. */
export const publicKeysOf = ({ generations }: KeyRing): PublicJwk[] =>
  generations.flatMap(({ signingKey }) => {
    if (!signingKey) return [];
    const { kty, kid, alg, use, n, e } = signingKey;
    return [{ kty, kid, alg, use, n, e }];
  });

/** A generation without anything that is secret: which key is in which state, and since when (epoch seconds). */
export const publicStateOf = ({ generations }: KeyRing) =>
  generations.map(({ kid, state, createdAt, publishedAt, signingSince, retiredAt }) => ({
    kid,
    status: state,
    since: { next: publishedAt, signing: signingSince, retired: retiredAt }[state] ?? createdAt,
  }));
