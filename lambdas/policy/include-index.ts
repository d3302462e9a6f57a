import type { Selector } from '../shared/documents/selector.ts';
import type { Facts } from './facts.ts';
import { kindOf } from './selectors/kinds.ts';
import type { IndexEntry, OwnersOf, SelectorKind } from './selectors/selector-kind.ts';

/** Which of many policies may include somebody: the others need not be looked at one by one. */
export class IncludeIndex {
  /** 1 for those with a selector that no index knows. */
  readonly #always: Uint8Array;
  readonly #kinds: { ownersOf: OwnersOf; owners: readonly number[] }[];

  constructor(includes: readonly (readonly Selector[])[]) {
    this.#always = new Uint8Array(includes.length);
    const byKind = new Map<SelectorKind, IndexEntry[]>();
    for (const [owner, include] of includes.entries()) {
      for (const selector of include) {
        const kind = kindOf(selector);
        const entries = byKind.get(kind) ?? [];
        byKind.set(kind, entries);
        if (kind.index) entries.push({ selector, owner });
        else this.#always[owner] = 1;
      }
    }
    this.#kinds = [...byKind].flatMap(([kind, entries]) => {
      const ownersOf = kind.index?.(entries);
      return ownersOf ? [{ ownersOf, owners: entries.map(({ owner }) => owner) }] : [];
    });
  }

  /** 1 for each policy that may include the holder, or of which that is unknown. */
  candidates(facts: Facts): Uint8Array {
    const marks = this.#always.slice();
    for (const { ownersOf, owners } of this.#kinds) {
      if (!ownersOf(facts, (found) => mark(marks, found))) mark(marks, owners);
    }
    return marks;
  }
}

function mark(marks: Uint8Array, owners: readonly number[]): void {
  for (let index = 0; index < owners.length; index++) marks[owners[index] ?? 0] = 1;
}
