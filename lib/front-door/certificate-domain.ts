import type { RestApi } from 'aws-cdk-lib/aws-apigateway';
import { Construct } from 'constructs';
import type { EnvironmentConfiguration } from '../configuration.ts';
import { CustomDomain } from './custom-domain.ts';
import { Truststore } from './truststore.ts';

type ClientCertificates = NonNullable<EnvironmentConfiguration['clientCertificates']>;

/**
 * The hostname for client certificates. It leads to the API past any distribution, which would end the connection that
 * the certificate belongs to.
 */
export class CertificateDomain extends Construct {
  readonly host: string;
  readonly origin: string;

  constructor(
    scope: Construct,
    id: string,
    api: RestApi,
    { folder, certificates }: { folder: string; certificates: ClientCertificates },
  ) {
    super(scope, id);
    const { mtls } = new Truststore(this, 'Truststore', folder, certificates.truststore);
    this.host = certificates.domain.name;
    this.origin = new CustomDomain(this, 'Domain', api, certificates.domain, mtls).origin;
  }
}
