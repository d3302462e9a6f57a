import * as z from 'zod';
import type { DistributionView } from '../gateway/distribution.ts';
import type { Stack } from './stack.ts';

/** AWS's managed policy that caches nothing. */
const CACHING_DISABLED = '4135ea2d-6df8-44a3-9df3-4b5a84be39ad';

const distribution = z.object({
  DistributionConfig: z.object({
    DefaultCacheBehavior: z.object({
      CachePolicyId: z.literal(CACHING_DISABLED),
      OriginRequestPolicyId: z.string(),
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
/** Passes on everything, with the country that CloudFront sees. */
const originRequest = z.object({
  OriginRequestPolicyConfig: z.object({
    HeadersConfig: z.strictObject({
      HeaderBehavior: z.literal('allViewerAndWhitelistCloudFront'),
      Headers: z.tuple([z.literal('CloudFront-Viewer-Country')]),
    }),
    CookiesConfig: z.strictObject({ CookieBehavior: z.literal('all') }),
    QueryStringsConfig: z.strictObject({ QueryStringBehavior: z.literal('all') }),
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
  const policies = stack.ofType('AWS::CloudFront::OriginRequestPolicy', originRequest);
  if (!policies.some(({ name }) => name === DefaultCacheBehavior.OriginRequestPolicyId))
    throw new Error(`${found.logicalId} passes requests on by a policy that is not in the template.`);
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
