import type { AuditWriter } from '../../audit/record.ts';
import { type KeyRing, newGeneration } from './key-ring.ts';
import type { KeyRingStore } from './key-ring-store.ts';
import { planRotation } from './plan-rotation.ts';
import { ensureKeyRing } from './signing-key.ts';

const DAY = 24 * 60 * 60;
/** Far more than a rotation has steps; beyond it others keep on winning every write. */
const MOST_STEPS = 20;

export interface Rotation {
  store: KeyRingStore;
  audit: Pick<AuditWriter, 'authentication'>;
  /** Days that a key signs for. */
  everyDays: number;
  /** Epoch seconds. */
  now: number;
  /** Withdraws every key that there is: what they signed is refused from now on, and browsers are signed out. */
  immediately?: boolean;
}

const signingKid = ({ generations }: KeyRing): string | undefined =>
  generations.find(({ state }) => state === 'signing')?.kid;

/** Recorded before it happens, as every step of authentication is. */
async function record(audit: Rotation['audit'], before: KeyRing, after: KeyRing): Promise<void> {
  const [old, fresh] = [signingKid(before), signingKid(after)];
  if (old === fresh) return;
  const kept = after.generations.some(({ kid }) => kid === old);
  const fate = kept ? 'stays published until its last token has expired' : 'is withdrawn at once';
  await audit.authentication({
    activity: 'key-rotation',
    status: 'success',
    actor: {},
    reason: `The key ${fresh} signs from now on; the key ${old} ${fate}.`,
  });
}

/**
 * Brings the key ring to where it has to be at this time. Each step is one conditional write after the publication
 * of what the ring holds: of several runs at once one goes ahead, and a run that stops anywhere is taken up later.
 */
export async function rotateSigningKey(rotation: Rotation): Promise<void> {
  const { store, now, everyDays, immediately = false } = rotation;
  const found = await ensureKeyRing(store);
  const withdrawn = new Set(immediately ? found.ring.generations.map(({ kid }) => kid) : []);
  for (let steps = 0; steps < MOST_STEPS; steps++) {
    const stored = await ensureKeyRing(store);
    await store.publish(stored);
    const step = planRotation(stored.ring, now, { every: everyDays * DAY, withdrawn });
    if (step.kind === 'settled') return;
    const ring = step.kind === 'prepare' ? step.withNext(await newGeneration(now)) : step.ring;
    await record(rotation.audit, stored.ring, ring);
    await store.replace(stored.version, ring);
  }
  throw new Error(`The key ring is not settled after ${MOST_STEPS} steps.`);
}
