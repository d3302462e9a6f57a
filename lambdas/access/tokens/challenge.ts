import { DPOP_ALGORITHMS } from './dpop-proof.ts';

/** A `WWW-Authenticate` challenge: of RFC 6750 section 3, or of RFC 9449 section 7.1 when the proof was at fault. */
export function challenge(code: string, parameters: Readonly<Record<string, string>> = {}): string {
  const proof = code === 'invalid_dpop_proof';
  const all = { error: code, ...parameters, ...(proof ? { algs: DPOP_ALGORITHMS.join(' ') } : {}) };
  const pairs = Object.entries(all).map(([name, value]) => `${name}="${value}"`);
  return `${proof ? 'DPoP' : 'Bearer'} ${pairs.join(', ')}`;
}
