import { NONE, positionsOf, selectorKind } from './selector-kind.ts';

/** A service token by its id. Whether somebody is one is always known, so no person ever matches. */
export const serviceToken = selectorKind({
  name: 'serviceToken',
  attribute: 'service token',
  namesServices: true,
  compile: (entries) => {
    const positions = positionsOf(entries);
    return ({ serviceToken }) => (serviceToken === undefined ? NONE : (positions.get(serviceToken) ?? NONE));
  },
  actual: ({ serviceToken }) => serviceToken ?? null,
});
