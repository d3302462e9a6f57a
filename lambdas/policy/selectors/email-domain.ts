import { lookUp, positionsOf, selectorKind } from './selector-kind.ts';

/** Exactly the domain after the last `@`, whatever its case; neither its subdomains nor names that end alike. */
export const emailDomain = selectorKind({
  name: 'emailDomain',
  attribute: 'e-mail address',
  peopleOnly: true,
  compile: (entries) => {
    const positions = positionsOf(entries, (value) => value.toLowerCase());
    return ({ domain }) => lookUp(positions, domain);
  },
  held: ({ domain }) => domain,
  spell: (value) => value.toLowerCase(),
  actual: ({ domain }) => domain,
});
