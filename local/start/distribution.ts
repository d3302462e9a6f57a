import { Distribution, type DistributionView } from '../gateway/distribution.ts';
import { resolveDynamicReferences, type SecretValue } from '../template/dynamic-reference.ts';

/** The distribution as it is deployed: with the values that its template refers to. */
export const deployDistribution = (view: DistributionView, secretValue: SecretValue): Distribution =>
  new Distribution({
    ...view,
    originHeaders: view.originHeaders.map(([name, value]) => [
      name,
      resolveDynamicReferences(value, secretValue),
    ]),
  });
