import {
  AccessLogFormat,
  EndpointType,
  LogGroupLogDestination,
  type MethodDeploymentOptions,
  RestApi,
} from 'aws-cdk-lib/aws-apigateway';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { RemovalPolicy } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { EnvironmentConfiguration } from '../configuration.ts';
import { SIGN_IN_METHODS } from './routes.ts';
import { STAGE } from './stage.ts';

/**
 * Sign-ins have buckets of their own, so that a flood of them is turned away before it takes the account's
 * Lambda concurrency from the relay. Only named methods can be throttled, `ANY` cannot.
 */
const SIGN_IN_THROTTLE: MethodDeploymentOptions = { throttlingRateLimit: 300, throttlingBurstLimit: 600 };

/** The regional REST API with its stage and access log; routes are added to it. */
export class Gateway extends Construct {
  readonly api: RestApi;
  readonly accessLog: LogGroup;

  constructor(scope: Construct, id: string, configuration: EnvironmentConfiguration, logs: RetentionDays) {
    super(scope, id);
    this.accessLog = new LogGroup(this, 'AccessLog', {
      retention: logs,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.api = new RestApi(this, 'Api', {
      restApiName: configuration.name,
      description: 'The one door between AI clients and MCP servers',
      endpointTypes: [EndpointType.REGIONAL],
      cloudWatchRole: configuration.account.gatewayLogRole === 'create',
      disableExecuteApiEndpoint: configuration.domain !== undefined,
      deployOptions: {
        stageName: STAGE,
        tracingEnabled: true,
        metricsEnabled: true,
        throttlingRateLimit: 1000,
        throttlingBurstLimit: 2000,
        methodOptions: Object.fromEntries(
          ['/oauth', '/.well-known'].flatMap((path) =>
            SIGN_IN_METHODS.map((method) => [`${path}/{proxy+}/${method}`, SIGN_IN_THROTTLE]),
          ),
        ),
        accessLogDestination: new LogGroupLogDestination(this.accessLog),
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
    // The CDK tells the stage's own URL, at which nobody is to call.
    this.api.node.tryRemoveChild('Endpoint');
  }
}
