/**
 * List prices in US dollars, US East (N. Virginia), November 2026, without free tiers or discounts unless said.
 * Other regions cost up to a third more.
 */
export const PRICES = {
  /** @see https://aws.amazon.com/api-gateway/pricing/ */
  restRequest: 3.5e-6,
  /** HTTPS requests in North America and Europe. @see https://aws.amazon.com/cloudfront/pricing/ */
  cloudFrontRequest: 1.0e-6,
  /** @see https://aws.amazon.com/waf/pricing/ */
  webAcl: 5,
  webAclRule: 1,
  wafRequest: 0.6e-6,
  /** arm64. @see https://aws.amazon.com/lambda/pricing/ */
  lambdaRequest: 0.2e-6,
  lambdaGbSecond: 1.33334e-5,
  /** On demand, standard class. @see https://aws.amazon.com/dynamodb/pricing/on-demand/ */
  dynamoWrite: 0.625e-6,
  dynamoRead: 0.125e-6,
  dynamoGbMonth: 0.25,
  recoveryGbMonth: 0.2,
  /** Per active person who signs in by SAML or OpenID Connect, beyond the first 50. @see https://aws.amazon.com/cognito/pricing/ */
  federatedPerson: 0.015,
  federatedPeopleFree: 50,
  /** @see https://aws.amazon.com/kms/pricing/ */
  key: 1,
  /** @see https://aws.amazon.com/secrets-manager/pricing/ */
  secret: 0.4,
  /** @see https://aws.amazon.com/cloudwatch/pricing/ */
  alarm: 0.1,
  logGb: 0.5,
  /** @see https://aws.amazon.com/sqs/pricing/ */
  queueRequest: 0.4e-6,
  /** @see https://aws.amazon.com/xray/pricing/ */
  trace: 5e-6,
  /** To the internet. @see https://aws.amazon.com/ec2/pricing/on-demand/ */
  egressGb: 0.09,
};
