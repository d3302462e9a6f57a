import {
  DomainName,
  EndpointType,
  type MTLSConfig,
  type RestApi,
  SecurityPolicy,
} from 'aws-cdk-lib/aws-apigateway';
import { Certificate, CertificateValidation, type ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import { AaaaRecord, ARecord, HostedZone, type IHostedZone, RecordTarget } from 'aws-cdk-lib/aws-route53';
import { ApiGatewayDomain } from 'aws-cdk-lib/aws-route53-targets';
import { Construct } from 'constructs';
import type { EnvironmentConfiguration } from '../configuration.ts';

type Domain = NonNullable<EnvironmentConfiguration['domain']>;

/**
 * A domain of the customer's, served by API Gateway itself with an empty base path; with a truststore, to whoever has a
 * certificate from there.
 */
export class CustomDomain extends Construct {
  readonly origin: string;

  constructor(scope: Construct, id: string, api: RestApi, domain: Domain, mtls?: MTLSConfig) {
    super(scope, id);
    this.origin = `https://${domain.name}`;
    const zone =
      domain.hostedZone &&
      HostedZone.fromHostedZoneAttributes(this, 'Zone', {
        hostedZoneId: domain.hostedZone.id,
        zoneName: domain.hostedZone.name,
      });
    const name = new DomainName(this, 'Name', {
      domainName: domain.name,
      certificate: this.certificate(domain, zone),
      endpointType: EndpointType.REGIONAL,
      securityPolicy: SecurityPolicy.TLS_1_2,
      ...(mtls ? { mtls } : {}),
    });
    name.addBasePathMapping(api);
    if (!zone) return;
    const record = {
      zone,
      recordName: domain.name,
      target: RecordTarget.fromAlias(new ApiGatewayDomain(name)),
    };
    new ARecord(this, 'Ipv4', record);
    new AaaaRecord(this, 'Ipv6', record);
  }

  private certificate(domain: Domain, zone: IHostedZone | undefined): ICertificate {
    if (domain.certificateArn)
      return Certificate.fromCertificateArn(this, 'Certificate', domain.certificateArn);
    return new Certificate(this, 'Certificate', {
      domainName: domain.name,
      validation: CertificateValidation.fromDns(zone),
    });
  }
}
