import type { Visit } from './visit.ts';

/** `warn` is what works but should be looked at; `skip` was not looked at, for the reason that `found` gives. */
export type Verdict = 'pass' | 'warn' | 'fail' | 'skip';

/** What a check found; whoever reads a `warn` or `fail` knows why it matters and what to do. */
export interface Finding {
  verdict: Verdict;
  found: string;
  why: string | null;
  whatToDo: string | null;
}

/** What a check found, for those after it: a warning that leaves no way on keeps them from being looked at. */
export interface Examined extends Finding {
  noWayOn?: string;
}

export interface Check {
  name: string;
  /** Checks that must have passed, or warned of something that leaves the way open, for this one to make sense. */
  after?: readonly Check[];
  examine(visit: Visit): Promise<Examined>;
}

export interface Result extends Finding {
  name: string;
}

const told =
  (verdict: 'warn' | 'fail') =>
  (found: string, why: string, whatToDo: string): Finding => ({ verdict, found, why, whatToDo });

export const pass = (found: string): Finding => ({ verdict: 'pass', found, why: null, whatToDo: null });
export const skip = (found: string): Finding => ({ verdict: 'skip', found, why: null, whatToDo: null });
export const warn = told('warn');
export const fail = told('fail');

/** Ends a check with what it found so far. */
export class Found extends Error {
  readonly finding: Finding;

  constructor(finding: Finding) {
    super(finding.found);
    this.finding = finding;
  }
}

/** @throws Found with a `fail`, unless it holds. */
export function must(holds: unknown, found: string, why: string, whatToDo: string): asserts holds {
  if (!holds) throw new Found(fail(found, why, whatToDo));
}
