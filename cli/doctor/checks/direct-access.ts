import { once } from 'node:events';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { type Check, type Finding, fail, pass, skip } from '../check.ts';
import { faultOf } from '../explain-silence.ts';
import { frontPage } from './front-page.ts';

/** The only stage of the API: at another, every host refuses. */
const STAGE = 'main';
const PATHS = ['/.well-known/oauth-authorization-server', '/', '/api/v1/openapi.json'];

const PATIENCE_MS = 10_000;

/** The status of an answer from `origin` to a request that names `host`; fetch would name the origin's. */
async function statusAt(origin: string, host: string, path: string): Promise<number> {
  const request = origin.startsWith('https:') ? requestHttps : requestHttp;
  const signal = AbortSignal.timeout(PATIENCE_MS);
  const sent = request(`${origin}${path}`, { headers: { host }, signal }).end();
  const [response] = await once(sent, 'response', { signal });
  response.resume();
  return response.statusCode;
}

/** What an answer of the host behind the public origin means; 403 is the refusal of the door and of the firewall. */
export function judgeDirectAnswer(url: string, status: number): Finding | undefined {
  if (status === 403) return undefined;
  return fail(
    `${url} answers ${status}`,
    'Who goes around the public origin can say which address they come from, and escapes its rate limit.',
    'Deploy again: the origin secret, or for a domain the switched-off default endpoint, should refuse it.',
  );
}

/** The API does not answer around its public origin. */
export const directAccess: Check = {
  name: 'direct-access',
  after: [frontPage],
  async examine({ url: origin, options, learned, isLocal }) {
    const host = options.apiHost ?? learned.health?.apiHost;
    if (host === undefined)
      return skip('the host behind the origin is not known: give the output ApiHost with --api-host');
    // On this machine all names are at one port, and the one that a request names decides.
    const target = isLocal ? origin : `https://${host}`;
    for (const path of PATHS) {
      try {
        const status = await statusAt(target, host, `/${STAGE}${path}`);
        const finding = judgeDirectAnswer(`https://${host}/${STAGE}${path}`, status);
        if (finding) return finding;
      } catch (error) {
        return pass(`${host} does not answer (${faultOf(error)})`);
      }
    }
    return pass(`${host} refuses`);
  },
};
