import { lookUp, positionsOf, selectorKind } from './selector-kind.ts';

/** The MCP client by its OAuth client id: what it was registered as, or the address of its metadata document. */
export const client = selectorKind({
  name: 'client',
  attribute: 'application',
  compile: (entries) => {
    const positions = positionsOf(entries);
    return ({ subject }) => lookUp(positions, subject.client?.id);
  },
  held: ({ subject }) => subject.client?.id,
  actual: ({ subject }) => subject.client?.id,
});
