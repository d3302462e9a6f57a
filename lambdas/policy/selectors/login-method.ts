import { lookUp, positionsOf, selectorKind } from './selector-kind.ts';

/** The identity provider that the person signed in with, by its name in the configuration; `cognito` is the pool itself. */
export const loginMethod = selectorKind({
  name: 'loginMethod',
  attribute: 'login method',
  peopleOnly: true,
  compile: (entries) => {
    const positions = positionsOf(entries);
    return ({ person }) => lookUp(positions, person?.loginMethod);
  },
  held: ({ person }) => person?.loginMethod,
  actual: ({ person }) => person?.loginMethod,
});
