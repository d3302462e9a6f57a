import { lookUp, type Named, positionsOf, selectorKind } from './selector-kind.ts';

const addressesOf = (id: string, { lists }: Named): readonly string[] | undefined => {
  const list = lists.get(id);
  return list?.type === 'emails' ? list.items : undefined;
};

/** One of the e-mail addresses of a list; a list that is not there is unknown. */
export const emailList = selectorKind({
  name: 'emailList',
  attribute: 'e-mail address',
  peopleOnly: true,
  judge: (id, { named }) => {
    const addresses = addressesOf(id, named);
    if (!addresses) return () => undefined;
    const positions = positionsOf(
      addresses.map((value, position) => ({ value: value.toLowerCase(), position })),
    );
    return ({ email }) => (email === undefined ? undefined : lookUp(positions, email) >= 0);
  },
  actual: ({ email }) => email,
});
