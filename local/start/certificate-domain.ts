import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CertificateDomain } from '../gateway/gateway.ts';
import type { Deployment } from '../template/deployment.ts';

/**
 * The hostname for client certificates with its own certificate, from a folder.
 * @throws Error when the template has such a hostname and nobody gave its certificate.
 */
export function certificateDomainOf(
  { certificateDomain }: Pick<Deployment, 'certificateDomain'>,
  tls: string | undefined,
  port: number,
): CertificateDomain | undefined {
  if (!certificateDomain) return undefined;
  if (tls === undefined)
    throw new Error(`${certificateDomain.host} needs a certificate of its own: give its folder with --tls.`);
  const read = (name: string) => readFileSync(join(tls, name), 'utf8');
  return { ...certificateDomain, certificate: read('certificate.pem'), key: read('key.pem'), port };
}
