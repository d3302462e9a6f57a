import { lookUp, positionsOf, selectorKind } from './selector-kind.ts';

/** One whole e-mail address, whatever its case. */
export const email = selectorKind({
  name: 'email',
  attribute: 'e-mail address',
  peopleOnly: true,
  compile: (entries) => {
    const positions = positionsOf(entries, (value) => value.toLowerCase());
    return ({ email }) => lookUp(positions, email);
  },
  held: ({ email }) => email,
  spell: (value) => value.toLowerCase(),
  actual: ({ email }) => email,
});
