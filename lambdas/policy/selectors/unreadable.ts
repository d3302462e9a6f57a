import { type SelectorKind, UNKNOWN } from './selector-kind.ts';

/** A selector that no kind can read: nobody can say whether it matches, whoever asks. */
export const unreadable: SelectorKind = {
  name: 'unreadable selector',
  attribute: 'attribute for it',
  read: (selector) => JSON.stringify(selector),
  compile: () => () => UNKNOWN,
};
