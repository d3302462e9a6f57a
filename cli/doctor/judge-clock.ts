import { type Finding, fail, warn } from './check.ts';

const NOTICED_MS = 10_000;
/** Proofs of possession (RFC 9449) and assertions are refused beyond a minute. */
const WRONG_MS = 60_000;

/** What a difference of clocks means, by how far the deployment is ahead; undefined when it means nothing. */
export function judgeClock(aheadMs: number, whose: 'this machine' | 'the function'): Finding | undefined {
  const seconds = Math.round(Math.abs(aheadMs) / 1000);
  if (Math.abs(aheadMs) < NOTICED_MS) return undefined;
  const found = `the deployment is ${seconds} s ${aheadMs > 0 ? 'ahead of' : 'behind'} this machine`;
  const why = 'Tokens seem expired or not yet valid, and proofs of possession are refused.';
  const whatToDo =
    whose === 'this machine'
      ? 'Set the clock of this machine by NTP. If it is right, look at what stands in front of the deployment.'
      : 'Set the clock of this machine by NTP. If `clock` passes and this does not, an answer of the admin API was kept in between.';
  return Math.abs(aheadMs) < WRONG_MS ? warn(found, why, whatToDo) : fail(found, why, whatToDo);
}
