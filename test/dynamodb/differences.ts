import type { Difference } from './compare.ts';

/** Tests that may fail on DynamoDB Local. */
export const DIFFERENCES: readonly Difference[] = [];
