import { nowSeconds } from '../lifetimes.ts';
import { firstRing, newGeneration, type ProviderSecrets, secretsOf } from './key-ring.ts';
import type { KeyRingStore, VersionedRing } from './key-ring-store.ts';

/** The stored ring. The first caller creates it; a conditional write lets exactly one win. */
export async function ensureKeyRing(store: KeyRingStore): Promise<VersionedRing> {
  const stored = await store.read();
  if (stored) return stored;
  const now = nowSeconds();
  await store.create(firstRing(await newGeneration(now), now));
  const created = await store.read();
  if (!created) throw new Error('The key ring vanished while it was being created.');
  return created;
}

/**
 * The deployment's signing and cookie keys, the same for every instance. Publishes their public halves first, also
 * when somebody stopped before doing so: no token is signed with a key that verifiers do not find.
 */
export async function loadSecrets(store: KeyRingStore): Promise<ProviderSecrets> {
  const stored = await ensureKeyRing(store);
  await store.publish(stored);
  return secretsOf(stored.ring, stored.version);
}
