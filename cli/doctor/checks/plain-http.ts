import { type Answer, ask } from '../answer.ts';
import { type Check, type Finding, fail, pass, skip } from '../check.ts';
import { faultOf } from '../explain-silence.ts';
import { certificate } from './certificate.ts';

const PATIENCE_MS = 5_000;

/** What an answer over plain HTTP means. */
export function judgePlainHttp(
  { status, headers }: Pick<Answer, 'status' | 'headers'>,
  url: string,
): Finding {
  const location = headers.get('location') ?? '';
  if (status >= 301 && status <= 308 && location.startsWith('https:')) return pass(`leads to ${location}`);
  if (status === 403) return pass('refused with 403');
  return fail(
    `http://${new URL(url).host} answers ${status}`,
    'Tokens that a client sends there can be read and taken on the way.',
    'Let what stands in front redirect to https or refuse; the distribution of the stack does.',
  );
}

/** Nothing is served without TLS. */
export const plainHttp: Check = {
  name: 'plain-http',
  after: [certificate],
  async examine({ url }) {
    const { protocol, hostname, port } = new URL(url);
    if (protocol === 'http:') return skip('there is no TLS on the loopback address');
    if (port !== '') return skip('the deployment has a port of its own, which speaks TLS');
    try {
      const answer = await ask(`http://${hostname}/`, { signal: AbortSignal.timeout(PATIENCE_MS) });
      return judgePlainHttp(answer, url);
    } catch (error) {
      return pass(`nothing answers (${faultOf(error)})`);
    }
  },
};
