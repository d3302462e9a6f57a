import { X509Certificate } from 'node:crypto';
import { resolve } from 'node:path';
import type { MTLSConfig } from 'aws-cdk-lib/aws-apigateway';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import { Construct } from 'constructs';
import { configuredFile } from '../sign-in/configured-file.ts';

const OPTION = 'clientCertificates.truststore';
/** What API Gateway takes. */
const MOST_CERTIFICATES = 1000;
const LONGEST = 1_000_000;

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;

/** @throws Error naming the option when the file is no list of certificates that may issue others. */
export function checkTruststore(pem: string): void {
  if (pem.includes('PRIVATE KEY'))
    throw new Error(`${OPTION} holds a private key: it takes the certificates of issuers alone.`);
  const found = pem.match(CERTIFICATE) ?? [];
  if (found.length === 0 || found.length > MOST_CERTIFICATES)
    throw new Error(`${OPTION} must hold 1 to ${MOST_CERTIFICATES} certificates in PEM form.`);
  for (const [index, text] of found.entries()) {
    if (!isIssuer(text)) throw new Error(`${OPTION}: certificate ${index + 1} is not one of an issuer (CA).`);
  }
}

function isIssuer(pem: string): boolean {
  try {
    return new X509Certificate(pem).ca;
  } catch {
    return false;
  }
}

/**
 * The issuers whose client certificates API Gateway accepts. They are an asset, in the versioned bucket of the CDK's
 * bootstrap under the hash of their content: other issuers are another object, so that a deployment takes them over.
 */
export class Truststore extends Construct {
  readonly mtls: MTLSConfig;

  /** @throws Error naming the option when the file cannot be read or says something else. */
  constructor(scope: Construct, id: string, folder: string, path: string) {
    super(scope, id);
    checkTruststore(configuredFile(folder, path, OPTION, LONGEST).toString('utf8'));
    const asset = new Asset(this, 'Issuers', { path: resolve(folder, path) });
    this.mtls = { bucket: asset.bucket, key: asset.s3ObjectKey };
  }
}
