import type { Change } from '../mutant.ts';

/** One change of the template that a rule has to find. */
export interface Fault extends Change {
  what: string;
}

/** Faults by the id of the rule that finds them. */
export type Faults = Readonly<Record<string, readonly Fault[]>>;
