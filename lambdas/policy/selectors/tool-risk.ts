import { lookUp, positionsOf, selectorKind } from './selector-kind.ts';

/** What a reviewer says that the tool does; a tool that nobody reviewed is destructive, and no tool is unknown. */
export const toolRisk = selectorKind({
  name: 'toolRisk',
  attribute: 'tool',
  compile: (entries) => {
    const positions = positionsOf(entries);
    return ({ toolRisk }) => lookUp(positions, toolRisk);
  },
  held: ({ toolRisk }) => toolRisk,
  actual: ({ toolRisk }) => toolRisk,
});
