import { selectorKind } from './selector-kind.ts';

/** The session has read from a server with this label. */
export const taint = selectorKind({
  name: 'taint',
  attribute: 'earlier reads',
  continuous: true,
  judge:
    (label) =>
    ({ taints }) =>
      taints?.has(label),
  actual: ({ taints }) => taints && [...taints],
});
