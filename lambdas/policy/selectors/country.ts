import { lookUp, positionsOf, selectorKind } from './selector-kind.ts';

/** The country that the request comes from, as the distribution in front tells it. */
export const country = selectorKind({
  name: 'country',
  attribute: 'country',
  continuous: true,
  compile: (entries) => {
    const positions = positionsOf(entries);
    return ({ subject }) => lookUp(positions, subject.country);
  },
  held: ({ subject }) => subject.country,
  actual: ({ subject }) => subject.country,
});
