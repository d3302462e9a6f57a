import { lookUp, OPEN, positionsOf, selectorKind } from './selector-kind.ts';

/**
 * The MCP client by its OAuth client id: what it was registered as, or the address of its metadata document. Without a
 * client it is open where the request is.
 */
export const client = selectorKind({
  name: 'client',
  attribute: 'application',
  compile: (entries, { requestOpen }) => {
    const positions = positionsOf(entries);
    return ({ subject: { client } }) =>
      requestOpen && client === undefined ? OPEN : lookUp(positions, client?.id);
  },
  held: ({ subject }) => subject.client?.id,
  actual: ({ subject }) => subject.client?.id,
});
