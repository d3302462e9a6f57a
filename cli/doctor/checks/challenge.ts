import { PORTAL_SCOPE } from '../../../lambdas/shared/origin.ts';
import type { Answer } from '../answer.ts';
import { type Check, must, pass } from '../check.ts';
import { mustAnswer } from '../explain-answer.ts';
import { INITIALIZE } from '../mcp-message.ts';
import { postMessage } from '../mcp-request.ts';
import { frontPage } from './front-page.ts';

const IN_FRONT =
  'Something in front removes or renames it: let it pass `WWW-Authenticate` and the CORS headers of the origin unchanged, and deploy again if nothing is in front.';

/** The parameters of the Bearer challenge (RFC 9110 section 11.6.1). */
function bearerParameters(header: string): Map<string, string> | undefined {
  if (!/^Bearer(?:\s|$)/i.test(header)) return undefined;
  return new Map(
    [...header.matchAll(/([\w-]+)\s*=\s*"((?:[^"\\]|\\.)*)"/g)].map(([, name = '', value = '']) => [
      name.toLowerCase(),
      value,
    ]),
  );
}

/** A refusal with what a client needs to begin a sign-in. @throws Found for the first thing that is missing. */
export function mustChallenge(answer: Answer, url: string, what: string): void {
  mustAnswer(answer, 401, what);
  const header = answer.headers.get('www-authenticate');
  must(
    header !== null,
    `${what} answers 401 without WWW-Authenticate`,
    'Clients learn from this header where to sign in; without it they give up.',
    IN_FRONT,
  );
  const parameters = bearerParameters(header);
  const metadata = `${url}/.well-known/oauth-protected-resource/mcp`;
  // A deployment with several hosts names none: clients then look under the URL that they were given.
  must(
    parameters && (parameters.get('resource_metadata') ?? metadata) === metadata,
    `the challenge is ${header}`,
    `Its resource_metadata, where it has one, must be ${metadata}: that is where clients look for the sign-in.`,
    'If the address in it is another one, the deployment knows itself by another origin: use that, or set `domain` or `origin` and deploy.',
  );
  must(
    parameters.get('scope')?.split(' ').includes(PORTAL_SCOPE),
    `the challenge lacks the scope ${PORTAL_SCOPE}: ${header}`,
    'Clients ask for the scope that stands there.',
    IN_FRONT,
  );
  const exposed = (answer.headers.get('access-control-expose-headers') ?? '').toLowerCase();
  must(
    answer.headers.get('access-control-allow-origin') === '*' && exposed.includes('www-authenticate'),
    'pages of other origins cannot read the challenge',
    'Clients that run in a browser cannot begin to sign in.',
    IN_FRONT,
  );
}

/** A request without a token is refused, and told where to sign in. */
export const challenge: Check = {
  name: 'challenge',
  after: [frontPage],
  async examine(visit) {
    mustChallenge(await postMessage(visit, INITIALIZE), visit.url, 'POST /mcp without a token');
    return pass('401 with where and what to ask for, readable by pages');
  },
};
