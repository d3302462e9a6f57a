import type { Risk } from '../decision.ts';
import { selectorKind } from './selector-kind.ts';

const ORDER: readonly Risk[] = ['none', 'low', 'medium', 'high'];

/** The person's risk, as somebody set it, or a higher one. */
export const userRisk = selectorKind({
  name: 'userRisk',
  attribute: 'risk',
  continuous: true,
  peopleOnly: true,
  judge: ({ atLeast }) => {
    const least = ORDER.indexOf(atLeast);
    return ({ risk }) => (risk === undefined ? undefined : ORDER.indexOf(risk) >= least);
  },
  actual: ({ risk }) => risk,
});
