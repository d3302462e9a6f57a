import type { ClientCertificate } from './client-certificate.ts';

/** What the front door knows of a request, by nothing that its sender could have written. */
export interface Arrival {
  /** Where the viewer is, ISO 3166-1 alpha-2; undefined when nobody who can tell says so. */
  country?: string;
  /** Null when it came without one; undefined where the deployment takes no client certificates. */
  certificate?: ClientCertificate | null;
  /** The origin that it was sent to, where that is not the public one. */
  origin?: string;
}
