import { NONE, positionsOf, type SelectorKind } from './selector-kind.ts';

/** A service token by its id. Whether somebody is one is always known, so no person ever matches. */
export const serviceToken: SelectorKind = {
  name: 'serviceToken',
  attribute: 'service token',
  read: (selector) => ('serviceToken' in selector ? selector.serviceToken : undefined),
  compile: (entries) => {
    const positions = positionsOf(entries);
    return (facts) => (facts.serviceToken === undefined ? NONE : (positions.get(facts.serviceToken) ?? NONE));
  },
};
