import * as z from 'zod';
import type { DistributionView } from '../gateway/distribution.ts';
import type { Stack } from './stack.ts';

/** What a distribution that caches nothing and passes on all but the host is made of (AWS's managed policies). */
const CACHING_DISABLED = '4135ea2d-6df8-44a3-9df3-4b5a84be39ad';
const ALL_VIEWER_EXCEPT_HOST_HEADER = 'b689b0a8-53d0-40ab-baf2-68738e2966ac';

const distribution = z.object({
  DistributionConfig: z.object({
    DefaultCacheBehavior: z.object({
      CachePolicyId: z.literal(CACHING_DISABLED),
      OriginRequestPolicyId: z.literal(ALL_VIEWER_EXCEPT_HOST_HEADER),
      FunctionAssociations: z.tuple([
        z.strictObject({ EventType: z.literal('viewer-request'), FunctionARN: z.string() }),
      ]),
    }),
    Origins: z.tuple([
      z.object({
        DomainName: z.string(),
        OriginPath: z.string(),
        OriginCustomHeaders: z
          .array(z.strictObject({ HeaderName: z.string(), HeaderValue: z.string() }))
          .default([]),
      }),
    ]),
  }),
});
const edgeFunction = z.object({
  FunctionCode: z.string(),
  FunctionConfig: z.object({ Runtime: z.literal('cloudfront-js-2.0') }),
});

/** The distribution in front of the API, if there is one. @throws Error naming what this imitation cannot do. */
export function readDistribution(stack: Stack): DistributionView | undefined {
  const [found, ...others] = stack.ofType('AWS::CloudFront::Distribution', distribution);
  if (others.length > 0) throw new Error('The template has more than one CloudFront distribution.');
  if (!found) return undefined;
  const { DefaultCacheBehavior, Origins } = found.properties.DistributionConfig;
  const [origin] = Origins;
  const [{ FunctionARN }] = DefaultCacheBehavior.FunctionAssociations;
  const code = stack
    .ofType('AWS::CloudFront::Function', edgeFunction)
    .find(({ attributes }) => attributes.FunctionARN === FunctionARN);
  if (!code) throw new Error(`${found.logicalId} runs ${FunctionARN}, which is no function here.`);
  return {
    viewerRequest: code.properties.FunctionCode,
    originHost: origin.DomainName,
    originPath: origin.OriginPath,
    originHeaders: origin.OriginCustomHeaders.map(({ HeaderName, HeaderValue }) => [HeaderName, HeaderValue]),
  };
}
