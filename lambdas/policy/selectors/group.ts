import { NONE, positionsOf, selectorKind, UNKNOWN } from './selector-kind.ts';

/** A group as the identity provider names it, case and all. No groups is known; missing groups are unknown. */
export const group = selectorKind({
  name: 'group',
  attribute: 'groups',
  peopleOnly: true,
  compile: (entries) => {
    const positions = positionsOf(entries);
    const inOrder = [...positions];
    return ({ groups }) => {
      if (groups === undefined) return UNKNOWN;
      return positions.size <= groups.size ? firstHeld(inOrder, groups) : lowestOf(positions, groups);
    };
  },
  held: ({ groups }) => groups,
  actual: ({ groups }) => groups && [...groups],
});

/** Walks the policy's groups, which are in order of position. */
function firstHeld(positions: readonly [string, number][], held: ReadonlySet<string>): number {
  for (const [name, position] of positions) if (held.has(name)) return position;
  return NONE;
}

/** Walks the person's groups. */
function lowestOf(positions: ReadonlyMap<string, number>, held: ReadonlySet<string>): number {
  let lowest = NONE;
  for (const name of held) {
    const position = positions.get(name);
    if (position !== undefined && (lowest === NONE || position < lowest)) lowest = position;
  }
  return lowest;
}
