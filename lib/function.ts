import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { LambdaDeploymentGroup } from 'aws-cdk-lib/aws-codedeploy';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Alias,
  Architecture,
  Code,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Duration, RemovalPolicy } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { Network } from './account/network.ts';
import { LiveDeployments, type Shift } from './live-deployments.ts';

interface BundledFunctionProps {
  /** `<capability>/<name>` of a `lambdas/<capability>/<name>.lambda.ts`. */
  entry: string;
  description: string;
  environment: Record<string, string>;
  logRetention: RetentionDays;
  timeout?: Duration;
  memorySize?: number;
  /** The network to stand in, if any. */
  network?: Network | undefined;
  /** How a new version takes over; `canary` unless given. */
  shift?: Shift;
}

/** A bundled handler with a role and a log group of its own; the role can write its log and nothing else. */
export class BundledFunction extends Construct {
  readonly lambda: LambdaFunction;
  readonly role: Role;
  /** What callers invoke: the alias of the version that serves. */
  readonly live: Alias;
  /** Moves the alias to a new version, and back on its alarms. */
  readonly deployment: LambdaDeploymentGroup;

  constructor(scope: Construct, id: string, props: BundledFunctionProps) {
    super(scope, id);
    const bundle = join(import.meta.dirname, '..', 'dist', props.entry);
    if (!existsSync(bundle))
      throw new Error(`There is no bundle for ${props.entry}: run "npm run build" first.`);
    const logGroup = new LogGroup(this, 'Log', {
      retention: props.logRetention,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    logGroup.grantWrite(this.role);
    this.lambda = new LambdaFunction(this, 'Function', {
      description: props.description,
      code: Code.fromAsset(bundle),
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: props.memorySize ?? 512,
      timeout: props.timeout ?? Duration.seconds(28),
      loggingFormat: LoggingFormat.JSON,
      logGroup,
      role: this.role,
      ...props.network?.place(this.role),
      environment: { POWERTOOLS_SERVICE_NAME: props.entry.replace('/', '-'), ...props.environment },
      // Earlier versions stay, so that one can be made live again within seconds; one that was rolled back goes.
      currentVersionOptions: { removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE },
    });
    this.live = new Alias(this, 'Live', { aliasName: 'live', version: this.lambda.currentVersion });
    this.deployment = LiveDeployments.of(this).group(this, 'Deployment', this.live, props.shift ?? 'canary');
  }
}
