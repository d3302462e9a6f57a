import type { Ask, Evidence, Subject } from '../../policy/decision.ts';
import type { EvidenceSource } from '../../policy/settle.ts';
import { logger } from '../../shared/logger.ts';

type Kind = keyof Evidence;

/** Looks up one kind of evidence about a subject; `ids` are the evaluations that are asked for, of `external` alone. */
type LookUp<Wanted extends Kind> = (subject: Subject, ids: readonly string[]) => Promise<Evidence[Wanted]>;

/** Where each kind of evidence is found. */
export type LookUps = { readonly [Wanted in Kind]?: LookUp<Wanted> };

const EXTERNAL = 'external:';

const kindOf = (ask: Ask): Kind =>
  ask.startsWith(EXTERNAL) ? 'external' : (ask as Exclude<Kind, 'external'>);

async function look<Wanted extends Kind>(
  lookUps: LookUps,
  kind: Wanted,
  subject: Subject,
  ids: readonly string[],
): Promise<Evidence> {
  try {
    const value = await lookUps[kind]?.(subject, ids);
    return value === undefined ? {} : { [kind]: value };
  } catch (error) {
    logger.error('evidence not readable', { kind, error: error instanceof Error ? error : String(error) });
    return {};
  }
}

/** Looks up what decisions ask for, all at once; what cannot be read stays unknown. */
export const createEvidence =
  (lookUps: LookUps): EvidenceSource =>
  async (subject, asks) => {
    const ids = asks.filter((ask) => ask.startsWith(EXTERNAL)).map((ask) => ask.slice(EXTERNAL.length));
    const kinds = [...new Set(asks.map(kindOf))];
    const found = await Promise.all(kinds.map((kind) => look(lookUps, kind, subject, ids)));
    return Object.assign({}, ...found) as Evidence;
  };
