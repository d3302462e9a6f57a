import { NONE, selectorKind } from './selector-kind.ts';

/** Whatever service token signed in. */
export const anyServiceToken = selectorKind({
  name: 'anyServiceToken',
  attribute: 'service token',
  namesServices: true,
  compile: (entries) => {
    const first = entries[0]?.position ?? NONE;
    return ({ serviceToken }) => (serviceToken === undefined ? NONE : first);
  },
  actual: ({ serviceToken }) => serviceToken ?? null,
});
