import { NONE, peopleOnly, type SelectorKind } from './selector-kind.ts';

/** Every person who signed in. It looks at nothing, so it is never unknown. */
export const everyone: SelectorKind = {
  name: 'everyone',
  attribute: 'sign-in',
  read: (selector) => ('everyone' in selector ? '' : undefined),
  compile: (entries) => {
    const first = entries[0]?.position ?? NONE;
    return peopleOnly(() => first);
  },
};
