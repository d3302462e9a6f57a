import type { Selector } from '../shared/documents/selector.ts';
import type { Facts } from './facts.ts';
import {
  type CompileContext,
  type Matcher,
  NONE,
  OPEN,
  type SelectorKind,
  UNKNOWN,
} from './selectors/selector-kind.ts';

/** A selector as a list has it. */
export interface ReadSelector {
  kind: SelectorKind;
  selector: Selector;
  position: number;
}

/** Selectors of a list that are judged together. */
interface LookUp {
  kind: SelectorKind;
  first: number;
  match: Matcher;
}

function lookUpOf(entries: readonly ReadSelector[], context: CompileContext): LookUp[] {
  const [first] = entries;
  if (!first) return [];
  return [{ kind: first.kind, first: first.position, match: first.kind.compile(entries, context) }];
}

function lookUpsOf(list: readonly ReadSelector[], context: CompileContext): LookUp[] {
  const together = Map.groupBy(
    list.filter(({ kind }) => kind.together),
    ({ kind }) => kind,
  );
  const alone = list.filter(({ kind }) => !kind.together).map((entry) => [entry]);
  return [...together.values(), ...alone].flatMap((entries) => lookUpOf(entries, context));
}

/**
 * Looks for the first selector of a list that holds. What is unknown holds where that harms the holder, what is left
 * open where it helps; `granting` says which of both a selector of this list does when it holds.
 */
export class ListScan {
  /** Of the last scan: whether what was found is known, and the kinds whose attribute was not. */
  known = true;
  readonly unknown: SelectorKind[] = [];
  readonly #lookUps: readonly LookUp[];
  readonly #granting: boolean;

  constructor(list: readonly ReadSelector[], granting: boolean, context: CompileContext) {
    this.#lookUps = lookUpsOf(list, context);
    this.#granting = granting;
  }

  /** The lowest position of a selector that counts as holding, or `NONE`. */
  run(facts: Facts): number {
    let lowest = NONE;
    this.unknown.length = 0;
    const lookUps = this.#lookUps;
    for (let index = 0; index < lookUps.length; index++) {
      const lookUp = lookUps[index] as LookUp;
      const found = lookUp.match(facts);
      if (found === NONE) continue;
      const position = found >= 0 ? found : this.#counted(found, lookUp);
      if (position === NONE || (lowest !== NONE && position >= lowest)) continue;
      lowest = position;
      this.known = found !== UNKNOWN;
    }
    return lowest;
  }

  #counted(found: number, { kind, first }: LookUp): number {
    if (found === UNKNOWN && !this.unknown.includes(kind)) this.unknown.push(kind);
    return (found === OPEN) === this.#granting ? first : NONE;
  }
}
