import { createHash, timingSafeEqual } from 'node:crypto';

/** The stored form of a client's secret. Secrets are random and long, so that a plain hash keeps them. */
export const hashSecret = (secret: string): string =>
  `sha256:${createHash('sha256').update(secret).digest('base64url')}`;

/** Compares in constant time. */
export function sameHash(known: string, given: string): boolean {
  const [a, b] = [Buffer.from(known), Buffer.from(given)];
  return a.length === b.length && timingSafeEqual(a, b);
}
