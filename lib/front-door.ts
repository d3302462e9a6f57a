import {
  AccessLogFormat,
  EndpointType,
  IdentitySource,
  LambdaIntegration,
  LogGroupLogDestination,
  type MethodDeploymentOptions,
  RequestAuthorizer,
  ResponseTransferMode,
  ResponseType,
  RestApi,
} from 'aws-cdk-lib/aws-apigateway';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Aws, Duration, RemovalPolicy } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { BundledFunction } from './function.ts';

interface FrontDoorProps {
  name: string;
  origin: string;
  logRetention: RetentionDays;
  authorizer: BundledFunction;
  oauth: BundledFunction;
  relay: BundledFunction;
  pages: BundledFunction;
  admin: BundledFunction;
  relayTimeout: Duration;
}

/**
 * Sign-ins have buckets of their own, so that a flood of them is turned away before it takes the account's
 * Lambda concurrency from the relay. Only named methods can be throttled, `ANY` cannot.
 */
const SIGN_IN_METHODS = ['GET', 'HEAD', 'OPTIONS', 'POST'];
const SIGN_IN_THROTTLE: MethodDeploymentOptions = { throttlingRateLimit: 300, throttlingBurstLimit: 600 };

const buffered = (target: BundledFunction) =>
  new LambdaIntegration(target.lambda, { allowTestInvoke: false });

/** A gateway response in the shape of our own errors; values are static or from `$context`. */
const errorTemplate = (code: string, message: string) => ({
  'application/json': `{"error":{"code":"${code}","message":"${message}"}}`,
});

/**
 * The regional REST API behind the one public origin. The streamed MCP route is the only one with an
 * authorizer: only a gateway response can carry the `WWW-Authenticate` challenge unrenamed.
 * A custom domain or CloudFront and the web firewall attach to `api` and its stage.
 */
export class FrontDoor extends Construct {
  readonly api: RestApi;

  constructor(scope: Construct, id: string, props: FrontDoorProps) {
    super(scope, id);
    const accessLog = new LogGroup(this, 'AccessLog', {
      retention: props.logRetention,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.api = new RestApi(this, 'Api', {
      restApiName: props.name,
      description: 'The one door between AI clients and MCP servers',
      endpointTypes: [EndpointType.REGIONAL],
      cloudWatchRole: true,
      deployOptions: {
        stageName: 'main',
        tracingEnabled: true,
        metricsEnabled: true,
        throttlingRateLimit: 1000,
        throttlingBurstLimit: 2000,
        methodOptions: Object.fromEntries(
          ['/oauth', '/.well-known'].flatMap((path) =>
            SIGN_IN_METHODS.map((method) => [`${path}/{proxy+}/${method}`, SIGN_IN_THROTTLE]),
          ),
        ),
        accessLogDestination: new LogGroupLogDestination(accessLog),
        accessLogFormat: AccessLogFormat.jsonWithStandardFields({
          caller: false,
          httpMethod: true,
          ip: true,
          protocol: true,
          requestTime: true,
          resourcePath: true,
          responseLength: true,
          status: true,
          user: false,
        }),
      },
    });
    this.routes(props);
    this.responses(props.origin);
  }

  private routes(props: FrontDoorProps): void {
    const { root } = this.api;
    const authorizer = new RequestAuthorizer(this, 'Bearer', {
      handler: props.authorizer.lambda,
      identitySources: [IdentitySource.header('Authorization')],
      resultsCacheTtl: Duration.seconds(60),
    });
    const mcp = root.addResource('mcp');
    mcp.addMethod(
      'POST',
      new LambdaIntegration(props.relay.lambda, {
        allowTestInvoke: false,
        responseTransferMode: ResponseTransferMode.STREAM,
        timeout: props.relayTimeout,
      }),
      { authorizer },
    );
    mcp.addMethod('GET', buffered(props.pages));
    mcp.addMethod('DELETE', buffered(props.pages));
    mcp.addMethod('OPTIONS', buffered(props.pages));
    root.addMethod('GET', buffered(props.pages));
    root.addResource('console').addResource('{proxy+}').addMethod('ANY', buffered(props.pages));
    for (const path of ['.well-known', 'oauth']) {
      const resource = root.addResource(path).addResource('{proxy+}');
      for (const method of SIGN_IN_METHODS) resource.addMethod(method, buffered(props.oauth));
    }
    root.addResource('api').addResource('v1').addResource('{proxy+}').addMethod('ANY', buffered(props.admin));
  }

  private responses(origin: string): void {
    const metadata = `${origin}/.well-known/oauth-protected-resource/mcp`;
    this.api.addGatewayResponse('Challenge', {
      type: ResponseType.UNAUTHORIZED,
      statusCode: '401',
      responseHeaders: {
        'WWW-Authenticate': `'Bearer error="invalid_token", resource_metadata="${metadata}", scope="mcp"'`,
        'Cache-Control': "'no-store'",
        // Says nothing that is not public, and a page's client cannot begin to sign in without reading it.
        'Access-Control-Allow-Origin': "'*'",
        'Access-Control-Expose-Headers': "'WWW-Authenticate'",
      },
      templates: errorTemplate('invalid_token', 'Sign in: this endpoint needs a valid access token.'),
    });
    this.api.addGatewayResponse('Denied', {
      type: ResponseType.ACCESS_DENIED,
      statusCode: '403',
      templates: errorTemplate('access_denied', 'This access token may not be used here.'),
    });
    this.api.addGatewayResponse('TooLarge', {
      type: ResponseType.REQUEST_TOO_LARGE,
      statusCode: '413',
      templates: errorTemplate('request_too_large', 'The request is larger than 10 MB.'),
    });
    this.api.addGatewayResponse('Throttled', {
      type: ResponseType.THROTTLED,
      statusCode: '429',
      responseHeaders: { 'Retry-After': "'1'" },
      templates: errorTemplate('too_many_requests', 'Too many requests. Please try again in a moment.'),
    });
    this.api.addGatewayResponse('NoRoute', {
      type: ResponseType.MISSING_AUTHENTICATION_TOKEN,
      statusCode: '404',
      templates: errorTemplate('not_found', 'There is nothing at this address.'),
    });
    this.api.addGatewayResponse('Fault', {
      type: ResponseType.DEFAULT_5XX,
      templates: errorTemplate('internal_error', 'Something went wrong on our side. Please try again.'),
    });
  }

  /** The host that a custom domain or CloudFront distribution stands in front of. */
  get host(): string {
    return `${this.api.restApiId}.execute-api.${Aws.REGION}.${Aws.URL_SUFFIX}`;
  }
}
