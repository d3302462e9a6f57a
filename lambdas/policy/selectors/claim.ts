import { selectorKind } from './selector-kind.ts';

/** A claim of the identity provider has the value, among others or alone. One that it did not send is unknown. */
export const claim = selectorKind({
  name: 'claim',
  attribute: 'claim',
  peopleOnly: true,
  judge:
    ({ name, value }) =>
    ({ person }) => {
      const claims = person?.claims;
      return claims && Object.hasOwn(claims, name) ? claims[name]?.includes(value) : undefined;
    },
  actual: ({ person }) => person?.claims,
});
