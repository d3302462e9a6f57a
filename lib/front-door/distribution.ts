import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  AllowedMethods,
  CachePolicy,
  Distribution as CloudFrontDistribution,
  Function as CloudFrontFunction,
  FunctionCode,
  FunctionEventType,
  FunctionRuntime,
  HttpVersion,
  OriginRequestCookieBehavior,
  OriginRequestHeaderBehavior,
  OriginRequestPolicy,
  OriginRequestQueryStringBehavior,
  OriginSslPolicy,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront';
import { HttpOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import { Aws, Duration, Names } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { ORIGIN_SECRET_HEADER, type OriginSecret } from './origin-secret.ts';
import { STAGE } from './stage.ts';

const VIEWER_REQUEST = readFileSync(join(import.meta.dirname, 'viewer-request.js'), 'utf8');

/**
 * All that the viewer sends, and where CloudFront sees it. No policy adds what CloudFront knows and leaves out the
 * viewer's host at once: the function at the edge sets the host.
 */
const everythingWithCountry = (scope: Construct): OriginRequestPolicy =>
  new OriginRequestPolicy(scope, 'OriginRequest', {
    // Names are the account's, in all regions.
    originRequestPolicyName: `${Names.uniqueResourceName(scope, { maxLength: 100 })}-${Aws.REGION}`,
    comment: 'Sallyport: everything, and the country of the viewer',
    headerBehavior: OriginRequestHeaderBehavior.all('CloudFront-Viewer-Country'),
    cookieBehavior: OriginRequestCookieBehavior.all(),
    queryStringBehavior: OriginRequestQueryStringBehavior.all(),
  });

/**
 * CloudFront in front of the API, for deployments without a domain of their own. It caches nothing and passes
 * everything on, with the viewer's country; the host becomes the API's. It keeps no access log: that would hold query strings, codes of sign-ins among
 * them, and the API's own access log has every request.
 */
export class Distribution extends Construct {
  readonly origin: string;

  constructor(scope: Construct, id: string, host: string, secret: OriginSecret) {
    super(scope, id);
    const viewerRequest = new CloudFrontFunction(this, 'ViewerRequest', {
      comment: 'Says whose address a request came from, and whose host it goes to',
      runtime: FunctionRuntime.JS_2_0,
      code: FunctionCode.fromInline(VIEWER_REQUEST.replaceAll('ORIGIN_HOST', host)),
    });
    const distribution = new CloudFrontDistribution(this, 'Distribution', {
      comment: `Sallyport: the public origin (secret revision ${secret.revision})`,
      httpVersion: HttpVersion.HTTP2_AND_3,
      defaultBehavior: {
        origin: new HttpOrigin(host, {
          originPath: `/${STAGE}`,
          originSslProtocols: [OriginSslPolicy.TLS_V1_2],
          customHeaders: { [ORIGIN_SECRET_HEADER]: secret.values[0] },
          // Longer than API Gateway waits for a buffered answer; streams keep themselves alive.
          readTimeout: Duration.seconds(60),
        }),
        allowedMethods: AllowedMethods.ALLOW_ALL,
        cachePolicy: CachePolicy.CACHING_DISABLED,
        originRequestPolicy: everythingWithCountry(this),
        viewerProtocolPolicy: ViewerProtocolPolicy.HTTPS_ONLY,
        functionAssociations: [{ function: viewerRequest, eventType: FunctionEventType.VIEWER_REQUEST }],
      },
    });
    this.origin = `https://${distribution.distributionDomainName}`;
  }
}
