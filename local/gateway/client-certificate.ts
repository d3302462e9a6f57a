import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';

/** What API Gateway tells of a client certificate, in `requestContext.identity.clientCert`. */
export interface ClientCert {
  clientCertPem: string;
  subjectDN: string;
  issuerDN: string;
  serialNumber: string;
  validity: { notBefore: string; notAfter: string };
}

/** One line, most specific first. */
const nameOf = (lines: string): string => lines.split('\n').toReversed().join(',');

/** The certificate of the connection, if it is from an issuer of the truststore and valid now. */
export function verifiedCertificate({ socket }: IncomingMessage): ClientCert | undefined {
  if (!(socket instanceof TLSSocket) || !socket.authorized) return undefined;
  const certificate = socket.getPeerX509Certificate();
  if (!certificate) return undefined;
  return {
    clientCertPem: certificate.toString(),
    subjectDN: nameOf(certificate.subject),
    issuerDN: nameOf(certificate.issuer),
    serialNumber: certificate.serialNumber,
    validity: { notBefore: certificate.validFrom, notAfter: certificate.validTo },
  };
}
