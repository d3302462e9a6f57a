import { readFileSync } from 'node:fs';
import * as z from 'zod';
import type { Stack } from './stack.ts';

/** A custom domain of the API that asks for client certificates (mutual TLS). */
export interface CertificateDomainView {
  host: string;
  /** The issuers of client certificates, in PEM form. */
  truststore: string;
}

const domainName = z.object({
  DomainName: z.string(),
  SecurityPolicy: z.literal('TLS_1_2'),
  MutualTlsAuthentication: z.object({ TruststoreUri: z.string() }).optional(),
});
const mapping = z.object({ DomainName: z.string(), BasePath: z.undefined().optional() });

/** The domain for client certificates, if there is one. @throws Error naming what this imitation cannot do. */
export function readCertificateDomain(stack: Stack): CertificateDomainView | undefined {
  const mapped = stack.ofType('AWS::ApiGateway::BasePathMapping', mapping);
  for (const { logicalId, name, properties } of stack.ofType('AWS::ApiGateway::DomainName', domainName)) {
    const { DomainName, MutualTlsAuthentication } = properties;
    if (!MutualTlsAuthentication) continue;
    if (!mapped.some((one) => one.properties.DomainName === name))
      throw new Error(`${logicalId} leads to no API.`);
    const key = new URL(MutualTlsAuthentication.TruststoreUri).pathname.slice(1);
    const file = stack.assetFolder(key);
    if (!file) throw new Error(`The truststore of ${logicalId} is no asset of the cloud assembly.`);
    return { host: DomainName, truststore: readFileSync(file, 'utf8') };
  }
  return undefined;
}
