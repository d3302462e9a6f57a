import type { Ask, Evidence, Subject } from './decision.ts';
import { Facts } from './facts.ts';

/** Looks up what decisions about a subject asked for; what cannot be had is left out. */
export type EvidenceSource = (subject: Subject, asks: readonly Ask[]) => Promise<Evidence>;

/** Every kind of evidence, and then some evaluations one behind the other. */
const MOST_ROUNDS = 8;

function joined(known: Evidence, found: Evidence): Evidence {
  const external = new Map([...(known.external ?? []), ...(found.external ?? [])]);
  return { ...known, ...found, external };
}

/**
 * Decides, looks up what the decision asked for, and decides again, until nothing is asked that was not looked up.
 * What is still unknown then stays unknown, which counts against the holder.
 */
export async function settle<Decided>(
  subject: Subject,
  source: EvidenceSource,
  decide: (facts: Facts) => Decided,
): Promise<Decided> {
  const tried = new Set<Ask>();
  let evidence: Evidence = {};
  for (let round = 1; ; round++) {
    const facts = new Facts(subject, { evidence });
    const decided = decide(facts);
    const missing = [...facts.asked].filter((ask) => !tried.has(ask));
    if (missing.length === 0 || round > MOST_ROUNDS) return decided;
    for (const ask of missing) tried.add(ask);
    evidence = joined(evidence, await source(subject, missing));
  }
}

/** For where there is nothing to look up. */
export const noEvidence: EvidenceSource = async () => ({});
