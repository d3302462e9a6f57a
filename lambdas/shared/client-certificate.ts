import { X509Certificate } from 'node:crypto';
import * as z from 'zod';

/** A client certificate that the gateway verified. */
export interface ClientCertificate {
  /** Undefined when the subject has none, or more than one. */
  commonName: string | undefined;
  /** SHA-256 of its DER form, 64 lower-case hexadecimal digits. */
  fingerprint: string;
}

const subject = z.object({ CN: z.string().min(1) });

/** Reads a certificate in PEM form; undefined when it is none. Who issued it is not judged here. */
export function readClientCertificate(pem: string): ClientCertificate | undefined {
  try {
    const certificate = new X509Certificate(pem);
    return {
      commonName: subject.safeParse(certificate.toLegacyObject().subject).data?.CN,
      fingerprint: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
    };
  } catch {
    return undefined;
  }
}
