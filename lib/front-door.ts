import type { RestApi } from 'aws-cdk-lib/aws-apigateway';
import type { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { ArnFormat, Aws, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { EnvironmentConfiguration } from './configuration.ts';
import { CertificateDomain } from './front-door/certificate-domain.ts';
import { CustomDomain } from './front-door/custom-domain.ts';
import { Distribution } from './front-door/distribution.ts';
import { Firewall } from './front-door/firewall.ts';
import { Gateway } from './front-door/gateway.ts';
import { OriginSecret } from './front-door/origin-secret.ts';
import { addResponses } from './front-door/responses.ts';
import { addRoutes, type Handlers } from './front-door/routes.ts';
import { STAGE } from './front-door/stage.ts';

/**
 * The one public origin and the regional REST API behind it. It stands before everything else, since everything
 * has to know the origin; what answers is attached at the end.
 */
export class FrontDoor extends Construct {
  readonly api: RestApi;
  readonly accessLog: LogGroup;
  /** Where clients reach the deployment, and the OAuth issuer. */
  readonly origin: string;
  /** By which requests prove that they came through the distribution; undefined where there is none. */
  readonly originSecret?: OriginSecret;
  /** Where clients come with a certificate; undefined where none are taken. */
  readonly certificateDomain?: CertificateDomain;
  readonly firewall: Firewall;

  constructor(scope: Construct, id: string, configuration: EnvironmentConfiguration, logs: RetentionDays) {
    super(scope, id);
    const { api, accessLog } = new Gateway(this, 'Gateway', configuration, logs);
    this.api = api;
    this.accessLog = accessLog;
    const { domain, firewall: settings, clientCertificates: certificates, folder } = configuration;
    if (certificates)
      this.certificateDomain = new CertificateDomain(this, 'CertificateDomain', api, {
        folder,
        certificates,
      });
    const certificateHost = this.certificateDomain?.host;
    const guarded = { api: this.api, settings, certificateHost, logRetention: logs };
    if (domain) {
      this.firewall = new Firewall(this, 'Firewall', guarded);
      this.origin = new CustomDomain(this, 'Domain', this.api, domain).origin;
      return;
    }
    const originSecret = new OriginSecret(this, 'OriginSecret', settings.originSecretRevision);
    this.firewall = new Firewall(this, 'Firewall', { ...guarded, originSecret });
    const distribution = new Distribution(this, 'Distribution', this.host, originSecret);
    // What the distribution sends has to be known to the firewall before.
    distribution.node.addDependency(this.firewall.acl);
    this.originSecret = originSecret;
    this.origin = configuration.origin ?? distribution.origin;
  }

  /** Attaches what answers requests. */
  serve(handlers: Handlers): void {
    addRoutes(this.api, handlers);
    addResponses(this.api, this.origin, { otherHosts: this.certificateDomain !== undefined });
  }

  /** Names the stage before it exists: functions behind it may know it. */
  get stageArn(): string {
    return Stack.of(this).formatArn({
      service: 'apigateway',
      account: '',
      resource: `/restapis/${this.api.restApiId}/stages/${STAGE}`,
      arnFormat: ArnFormat.NO_RESOURCE_NAME,
    });
  }

  /** The host that the public origin stands in front of. */
  get host(): string {
    return `${this.api.restApiId}.execute-api.${Aws.REGION}.${Aws.URL_SUFFIX}`;
  }
}
