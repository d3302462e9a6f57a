import { type SelectorKind, UNKNOWN } from './selector-kind.ts';

/** A selector that no kind can read: nobody can say whether it matches, whoever asks. */
export const unreadable: SelectorKind = {
  name: 'unreadable',
  attribute: 'attribute for it',
  continuous: false,
  namesServices: false,
  together: true,
  describe: (selector) => JSON.stringify(selector),
  compile: () => () => UNKNOWN,
  actual: () => undefined,
};
