import type { Reasons } from './judge.ts';

/** Why roles may do what no journey does, and why some calls are denied. */
export const REASONS: Reasons = {
  unused: [],
  denied: [],
};
