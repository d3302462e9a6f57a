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
  OriginRequestPolicy,
  OriginSslPolicy,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront';
import { HttpOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { ORIGIN_SECRET_HEADER, type OriginSecret } from './origin-secret.ts';
import { STAGE } from './stage.ts';

/**
 * CloudFront in front of the API, for deployments without a domain of their own. It caches nothing and passes
 * everything on but the host. It keeps no access log: that would hold query strings, codes of sign-ins among
 * them, and the API's own access log has every request.
 */
export class Distribution extends Construct {
  readonly origin: string;

  constructor(scope: Construct, id: string, host: string, secret: OriginSecret) {
    super(scope, id);
    const viewerRequest = new CloudFrontFunction(this, 'ViewerRequest', {
      comment: 'Says whose address a request came from',
      runtime: FunctionRuntime.JS_2_0,
      code: FunctionCode.fromFile({ filePath: join(import.meta.dirname, 'viewer-request.js') }),
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
        originRequestPolicy: OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
        viewerProtocolPolicy: ViewerProtocolPolicy.HTTPS_ONLY,
        functionAssociations: [{ function: viewerRequest, eventType: FunctionEventType.VIEWER_REQUEST }],
      },
    });
    this.origin = `https://${distribution.distributionDomainName}`;
  }
}
