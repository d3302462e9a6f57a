import { selectorKind } from './selector-kind.ts';

/** A label on the document of the server that is asked; of no server it is unknown. */
export const serverLabel = selectorKind({
  name: 'serverLabel',
  attribute: 'server',
  judge:
    (label) =>
    ({ labels }) =>
      labels?.includes(label),
  actual: ({ labels }) => labels,
});
