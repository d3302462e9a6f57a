import { type Countries, Distribution, type DistributionView } from '../gateway/distribution.ts';
import { resolveDynamicReferences, type SecretValue } from '../template/dynamic-reference.ts';

/** The distribution as it is deployed: with the values that its template refers to. */
export const deployDistribution = (
  view: DistributionView,
  secretValue: SecretValue,
  countries: Countries,
): Distribution => {
  const originHeaders = view.originHeaders.map(
    ([name, value]) => [name, resolveDynamicReferences(value, secretValue)] as const,
  );
  return new Distribution({ ...view, originHeaders }, countries);
};
