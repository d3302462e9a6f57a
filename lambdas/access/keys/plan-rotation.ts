import { LIFETIME } from '../lifetimes.ts';
import { formKeyOf, type Generation, type KeyRing } from './key-ring.ts';

const HOUR = 60 * 60;
/** How long before its turn a key is made: it is published in time even when runs are a day apart. */
const MADE_AHEAD = 36 * HOUR;
/** How long a key is published at least before it signs, so that verifiers elsewhere know it. */
const PUBLISHED_AHEAD = HOUR;
/** Instances that have not noticed a change yet, expired tokens that still pass, clocks that differ. */
const MARGIN = 5 * 60;
/** Nothing that a key signed lives longer than this after the key has retired. */
const TOKENS_LIVE = Math.max(LIFETIME.accessToken, LIFETIME.idToken) + MARGIN;
const COOKIES_LIVE = LIFETIME.browserSession + MARGIN;

export interface RotationRules {
  /** Seconds after which another key signs. */
  every: number;
  /** Keys that nobody may trust any more, whatever their age. */
  withdrawn: ReadonlySet<string>;
}

/** One step; each leaves a ring that is safe to stop at. `prepare` needs a fresh generation, made outside. */
export type RotationStep =
  | { kind: 'settled' }
  | { kind: 'prepare'; withNext(fresh: Generation): KeyRing }
  | { kind: 'promote' | 'published' | 'forget'; ring: KeyRing };

const inState = (ring: KeyRing, state: Generation['state']) =>
  ring.generations.find((generation) => generation.state === state);

/** @throws Error for a ring in which nothing signs, which no step leaves behind. */
function signing(ring: KeyRing): Generation {
  const found = inState(ring, 'signing');
  if (!found) throw new Error('The key ring has no key that signs.');
  return found;
}

/** The ring with `next` signing. A withdrawn key vanishes at once, and with it what its holder could forge. */
function promote(ring: KeyRing, next: Generation, now: number, { withdrawn }: RotationRules): KeyRing {
  const kept = ring.generations
    .filter(({ kid }) => kid !== next.kid && !withdrawn.has(kid))
    .map((old): Generation => (old.state === 'signing' ? { ...old, state: 'retired', retiredAt: now } : old));
  const formKey = withdrawn.has(signing(ring).kid) ? formKeyOf(next) : ring.formKey;
  return { generations: [{ ...next, state: 'signing', signingSince: now }, ...kept], formKey };
}

/** Retired keys without what nothing needs any more; undefined when there is nothing to forget. */
function forget(ring: KeyRing, now: number): KeyRing | undefined {
  const over = ({ retiredAt }: Generation, lifetime: number) =>
    retiredAt !== undefined && now >= retiredAt + lifetime;
  const overdue = ring.generations.some(
    (old) => over(old, COOKIES_LIVE) || (old.signingKey && over(old, TOKENS_LIVE)),
  );
  if (!overdue) return undefined;
  const generations = ring.generations
    .filter((old) => !over(old, COOKIES_LIVE))
    .map((old): Generation => {
      const { signingKey: _gone, ...rest } = old;
      return over(old, TOKENS_LIVE) ? rest : old;
    });
  return { ...ring, generations };
}

/**
 * What the ring needs next, given that its public halves are published and the time in epoch seconds. Following
 * the steps until `settled` rotates what is due: made, published, an hour later signing, in the end forgotten.
 */
export function planRotation(ring: KeyRing, now: number, rules: RotationRules): RotationStep {
  const next = inState(ring, 'next');
  const current = signing(ring);
  const urgent = rules.withdrawn.has(current.kid);
  const due = (current.signingSince ?? current.createdAt) + rules.every;

  if (urgent ? !next || rules.withdrawn.has(next.kid) : !next && now >= due - MADE_AHEAD) {
    const generations = ring.generations.filter((generation) => generation !== next);
    return {
      kind: 'prepare',
      withNext: (fresh) => ({ ...ring, generations: [...generations, { ...fresh, state: 'next' }] }),
    };
  }
  if (next && next.publishedAt === undefined) {
    const generations = ring.generations.map((generation) =>
      generation === next ? { ...next, publishedAt: now } : generation,
    );
    return { kind: 'published', ring: { ...ring, generations } };
  }
  if (next && (urgent || (now >= due && now >= (next.publishedAt ?? now) + PUBLISHED_AHEAD)))
    return { kind: 'promote', ring: promote(ring, next, now, rules) };

  const forgotten = forget(ring, now);
  return forgotten ? { kind: 'forget', ring: forgotten } : { kind: 'settled' };
}
