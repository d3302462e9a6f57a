import { NONE, peopleOnly, positionsOf, type SelectorKind, UNKNOWN } from './selector-kind.ts';

/** Exactly the domain after the last `@`, whatever its case; neither its subdomains nor names that end alike. */
export const emailDomain: SelectorKind = {
  name: 'emailDomain',
  attribute: 'e-mail address',
  read: (selector) => ('emailDomain' in selector ? selector.emailDomain : undefined),
  compile: (entries) => {
    const positions = positionsOf(entries, (value) => value.toLowerCase());
    return peopleOnly(({ domain }) => (domain === undefined ? UNKNOWN : (positions.get(domain) ?? NONE)));
  },
};
