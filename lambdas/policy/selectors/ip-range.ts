import { networksIndex, networksMatcher } from './networks.ts';
import { selectorKind } from './selector-kind.ts';

/** The request's source address is in a range. */
export const ipRange = selectorKind({
  name: 'ipRange',
  attribute: 'address',
  continuous: true,
  compile: networksMatcher,
  index: networksIndex,
  actual: ({ subject }) => subject.ip,
});
