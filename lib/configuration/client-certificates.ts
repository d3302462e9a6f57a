import * as z from 'zod';
import { domain } from './domain.ts';

/** A hostname that MCP clients reach with a certificate of their own (mutual TLS), beside the public origin. */
export const clientCertificates = z.strictObject({
  /** The hostname, past any distribution; another one than the public origin's. */
  domain,
  /** The certificates of those who issue client certificates, in PEM form. */
  truststore: z.string().min(1),
});
