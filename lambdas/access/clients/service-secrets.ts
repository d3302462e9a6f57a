import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import type { Key } from '../../shared/table.ts';
import { hashSecret, sameHash } from './secret-hash.ts';

const secretHash = z.object({
  hash: z.string(),
  /** Epoch seconds. */
  createdAt: z.number(),
  expiresAt: z.number(),
});

const secretsItem = z.object({
  /** Changes whenever all secrets are ended: tokens name the one that they were issued under. */
  epoch: z.string(),
  /** Counts the changes, so that of two at the same time one is refused. */
  revision: z.number(),
  current: secretHash.optional(),
  /** The secret before, until its overlap ends. */
  previous: secretHash.optional(),
});

/** The secrets of one service token, by their hashes. */
export type ServiceSecrets = z.output<typeof secretsItem>;

const SECRET_BYTES = 32;
/** For people and scanners to tell what a leaked text is. */
const SECRET_PREFIX = 'sallyport_';

export const serviceSecretsKey = (id: string): Key => ({ pk: `ServiceTokenSecrets#${id}`, sk: 'current' });

/** @throws ZodError for an item that was not made of these. */
export const readServiceSecrets = (item: unknown): ServiceSecrets => secretsItem.parse(item);

const newEpoch = (): string => randomBytes(9).toString('base64url');

/**
 * A new secret beside at most one other: the one before stays good until its own end, at most for
 * `keepPreviousSeconds`. Times in epoch seconds.
 */
export function rotateSecrets(
  before: ServiceSecrets | undefined,
  now: number,
  { lifetimeSeconds, keepPreviousSeconds }: { lifetimeSeconds: number; keepPreviousSeconds: number },
): { secret: string; secrets: ServiceSecrets } {
  const secret = SECRET_PREFIX + randomBytes(SECRET_BYTES).toString('base64url');
  const last = before?.current;
  const previous = last && {
    ...last,
    expiresAt: Math.min(last.expiresAt, now + keepPreviousSeconds),
  };
  return {
    secret,
    secrets: {
      epoch: before?.epoch ?? newEpoch(),
      revision: (before?.revision ?? 0) + 1,
      current: { hash: hashSecret(secret), createdAt: now, expiresAt: now + lifetimeSeconds },
      ...(previous ? { previous } : {}),
    },
  };
}

/** No secret is left, and no token that was issued before is good any more. */
export const endSecrets = (before: ServiceSecrets | undefined): ServiceSecrets => ({
  epoch: newEpoch(),
  revision: (before?.revision ?? 0) + 1,
});

/** The secrets that work at a time (epoch seconds), newest first. */
export const liveSecrets = (secrets: ServiceSecrets | undefined, now: number) =>
  [secrets?.current, secrets?.previous].flatMap((secret) =>
    secret && secret.expiresAt > now ? [secret] : [],
  );

/** Compared with where there is no secret, so that it takes as long; nothing hashes to it. */
const NO_HASH = hashSecret('').replaceAll(/./g, '-');

/** Judges a secret that somebody gave: every hash is compared, in constant time, whatever the first one says. */
export function judgeSecret(
  secrets: ServiceSecrets | undefined,
  given: string,
  now: number,
): 'good' | 'expired' | 'wrong' {
  const hash = hashSecret(given);
  const verdicts = [secrets?.current, secrets?.previous].map((known) => {
    const matches = sameHash(known?.hash ?? NO_HASH, hash) && known !== undefined;
    if (!matches) return 'wrong';
    return known.expiresAt > now ? 'good' : 'expired';
  });
  if (verdicts.includes('good')) return 'good';
  return verdicts.includes('expired') ? 'expired' : 'wrong';
}
