import { networksMatcher } from './networks.ts';
import { selectorKind, UNKNOWN } from './selector-kind.ts';

/** The request's source address is in one of the ranges of a list; a list that is not there is unknown. */
export const ipList = selectorKind({
  name: 'ipList',
  attribute: 'address',
  continuous: true,
  judge: (id, { named }) => {
    const list = named.lists.get(id);
    if (list?.type !== 'ip-ranges') return () => undefined;
    const match = networksMatcher(list.items.map((value, position) => ({ value, position })));
    return (facts) => {
      const found = match(facts);
      return found === UNKNOWN ? undefined : found >= 0;
    };
  },
  actual: ({ subject }) => subject.ip,
});
