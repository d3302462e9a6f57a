import { NONE, peopleOnly, positionsOf, type SelectorKind, UNKNOWN } from './selector-kind.ts';

/** One whole e-mail address, whatever its case. */
export const email: SelectorKind = {
  name: 'email',
  attribute: 'e-mail address',
  read: (selector) => ('email' in selector ? selector.email : undefined),
  compile: (entries) => {
    const positions = positionsOf(entries, (value) => value.toLowerCase());
    return peopleOnly(({ email }) => (email === undefined ? UNKNOWN : (positions.get(email) ?? NONE)));
  },
};
