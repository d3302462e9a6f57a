import { selectorKind } from './selector-kind.ts';

/** What a service of the organisation answered; unknown until it has, and when it did not. */
export const externalEvaluation = selectorKind({
  name: 'externalEvaluation',
  attribute: 'external evaluation',
  continuous: true,
  judge: (id) => (facts) => facts.external(id),
  actual: () => undefined,
});
