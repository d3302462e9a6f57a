import { NONE, selectorKind } from './selector-kind.ts';

/** Every person who signed in. It looks at nothing, so it is never unknown. */
export const everyone = selectorKind({
  name: 'everyone',
  attribute: 'sign-in',
  peopleOnly: true,
  compile: (entries) => {
    const first = entries[0]?.position ?? NONE;
    return () => first;
  },
  actual: ({ serviceToken }) => serviceToken === undefined,
});
