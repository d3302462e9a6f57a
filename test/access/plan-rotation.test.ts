import { describe, expect, it } from '@jest/globals';
import {
  firstRing,
  type Generation,
  type KeyRing,
  publicKeysOf,
  secretsOf,
} from '../../lambdas/access/keys/key-ring.ts';
import { planRotation } from '../../lambdas/access/keys/plan-rotation.ts';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const EVERY = 30 * DAY;
/** When the ring is made, in epoch seconds. */
const START = 1_800_000_000;

let made = 0;
function fresh(now: number): Generation {
  made += 1;
  const kid = `key-${made}`;
  const [kty, alg, use, n, e] = ['RSA', 'RS256', 'sig', `n-${made}`, 'AQAB'] as const;
  const numbers = { d: 'd', p: 'p', q: 'q', dp: 'dp', dq: 'dq', qi: 'qi' };
  const signingKey = { kty, kid, alg, use, n, e, ...numbers };
  return { state: 'next', kid, createdAt: now, signingKey, cookieKey: `cookie-${made}` };
}

const newRing = () => firstRing(fresh(START), START);
const publishedKids = (ring: KeyRing) => publicKeysOf(ring).map(({ kid }) => kid);
const signingKid = (ring: KeyRing) => secretsOf(ring, 1).signingKeys[0].kid;

/** Follows the plan until it is settled; `stopAfter` leaves it earlier, as a crash would. */
function run(
  ring: KeyRing,
  now: number,
  options: { withdrawn?: string[]; stopAfter?: number } = {},
): KeyRing {
  const rules = { every: EVERY, withdrawn: new Set(options.withdrawn) };
  let current = ring;
  for (let steps = 0; steps < (options.stopAfter ?? 20); steps++) {
    const step = planRotation(current, now, rules);
    if (step.kind === 'settled') return current;
    current = step.kind === 'prepare' ? step.withNext(fresh(now)) : step.ring;
  }
  return current;
}

describe('the rotation plan', () => {
  it('leaves a young key alone', () => {
    const ring = newRing();
    expect(run(ring, START + 28 * DAY)).toEqual(ring);
  });

  it('publishes the next key long before it signs', () => {
    const ring = run(newRing(), START + EVERY - 12 * HOUR);
    expect(publishedKids(ring)).toHaveLength(2);
    expect(signingKid(ring)).toBe(publishedKids(ring)[0]);
    expect(run(ring, START + EVERY - 1)).toEqual(ring);
    expect(signingKid(run(ring, START + EVERY))).toBe(publishedKids(ring)[1]);
  });

  it('lets no key sign that was not published for an hour, however overdue the rotation is', () => {
    const late = START + 90 * DAY;
    const forgotten = newRing();
    const ring = run(forgotten, late);
    expect(signingKid(ring)).toBe(signingKid(forgotten));
    expect(run(ring, late + HOUR - 1)).toEqual(ring);
    expect(signingKid(run(ring, late + HOUR))).not.toBe(signingKid(ring));
  });

  it('keeps a retired key published until its last token has expired, and then has no private half of it', () => {
    const prepared = run(newRing(), START + EVERY - HOUR);
    const [old = ''] = publishedKids(prepared);
    const promoted = run(prepared, START + EVERY);
    const tokenDies = START + EVERY + 15 * MINUTE;
    expect(publishedKids(run(promoted, tokenDies + MINUTE))).toContain(old);
    const later = run(promoted, tokenDies + HOUR);
    expect(publishedKids(later)).not.toContain(old);
    expect(later.generations.filter(({ signingKey }) => signingKey)).toHaveLength(1);
  });

  it('signs cookies with a key that all instances accept already, and accepts the old one for as long as a browser stays signed in', () => {
    const prepared = run(newRing(), START + EVERY - HOUR);
    const before = secretsOf(prepared, 1).cookieKeys;
    const promoted = run(prepared, START + EVERY);
    expect(secretsOf(promoted, 1).cookieKeys).toEqual(before.toReversed());
    expect(secretsOf(run(promoted, START + EVERY + 12 * HOUR), 1).cookieKeys).toHaveLength(2);
    expect(secretsOf(run(promoted, START + EVERY + 13 * HOUR), 1).cookieKeys).toEqual([before[1]]);
    expect(promoted.formKey).toBe(prepared.formKey);
  });

  it('goes on where it was stopped, after any step', () => {
    const due = START + EVERY + HOUR;
    for (const stopAfter of [1, 2, 3]) {
      const stopped = run(run(newRing(), due, { stopAfter }), due);
      expect(secretsOf(stopped, 1).signingKeys).toHaveLength(2);
      const promoted = run(stopped, due + HOUR);
      expect(promoted.generations.map(({ state }) => state).sort()).toEqual(['retired', 'signing']);
    }
  });

  it('always has exactly one key that signs, which is published, over a year of hourly runs', () => {
    let ring = newRing();
    const signers = new Set<string>();
    for (let now = START; now < START + 365 * DAY; now += HOUR) {
      ring = run(ring, now);
      expect(publishedKids(ring)).toContain(signingKid(ring));
      expect(ring.generations.length).toBeLessThanOrEqual(2);
      signers.add(signingKid(ring));
    }
    expect(signers.size).toBe(13);
  });
});

describe('a withdrawal', () => {
  it('replaces every key and cookie key at once, the prepared next one too', () => {
    const ring = run(newRing(), START + EVERY - HOUR);
    const withdrawn = publishedKids(ring);
    expect(withdrawn).toHaveLength(2);
    const after = run(ring, START + EVERY - HOUR + 1, { withdrawn });
    expect(publishedKids(after)).toEqual([signingKid(after)]);
    expect(withdrawn).not.toContain(signingKid(after));
    const old = secretsOf(ring, 1);
    const now = secretsOf(after, 1);
    expect(now.cookieKeys.some((key) => old.cookieKeys.includes(key))).toBe(false);
    expect(now.formKey).not.toBe(old.formKey);
  });

  it('withdraws retired keys that are still published', () => {
    const ring = run(run(newRing(), START + EVERY - HOUR), START + EVERY);
    const withdrawn = publishedKids(ring);
    expect(publishedKids(run(ring, START + EVERY + 1, { withdrawn }))).toHaveLength(1);
  });

  it('publishes the new key before it signs', () => {
    const ring = newRing();
    const withdrawn = publishedKids(ring);
    const unpublished = run(ring, START + 1, { withdrawn, stopAfter: 1 });
    expect(publishedKids(unpublished)).toHaveLength(2);
    expect(signingKid(unpublished)).toBe(withdrawn[0]);
  });

  it('asked for twice changes nothing the second time', () => {
    const ring = newRing();
    const withdrawn = publishedKids(ring);
    const after = run(ring, START + 1, { withdrawn });
    expect(run(after, START + 2, { withdrawn })).toEqual(after);
  });
});
