import { once } from 'node:events';
import { isIP } from 'node:net';
import { connect } from 'node:tls';
import { type Check, type Finding, Found, pass, warn } from '../check.ts';
import { explainSilence } from '../explain-silence.ts';
import { address } from './address.ts';

const PATIENCE_MS = 10_000;
const DAY_MS = 86_400_000;
/** ACM renews 60 days ahead: what is still there so late is not renewed by itself. */
const SOON_DAYS = 20;

/** What the end of a certificate's validity means. */
export function judgeExpiry(validTo: Date, now: Date): Finding {
  const days = Math.floor((validTo.getTime() - now.getTime()) / DAY_MS);
  const until = `valid until ${validTo.toISOString().slice(0, 10)}`;
  if (days >= SOON_DAYS) return pass(until);
  return warn(
    `${until}, in ${days} days`,
    'A certificate that ACM renews by itself would have been renewed by now.',
    'Restore the DNS record of its validation, or import its successor into ACM.',
  );
}

/** The certificate proves the name to this machine, and will for a while. */
export const certificate: Check = {
  name: 'certificate',
  after: [address],
  async examine({ url }) {
    const { protocol, hostname, port } = new URL(url);
    if (protocol === 'http:') return pass('plain HTTP that never leaves this machine');
    const servername = isIP(hostname) === 0 ? { servername: hostname } : {};
    const socket = connect({ host: hostname, port: Number(port || 443), ...servername });
    try {
      await once(socket, 'secureConnect', { signal: AbortSignal.timeout(PATIENCE_MS) });
      return judgeExpiry(new Date(socket.getPeerCertificate().valid_to), new Date());
    } catch (error) {
      const cause = error instanceof Error && error.name === 'AbortError' ? error.cause : error;
      throw new Found(explainSilence(cause));
    } finally {
      socket.destroy();
    }
  },
};
