import { resourcesOf } from '../../../lambdas/shared/origin.ts';
import { type Check, pass } from '../check.ts';
import { INITIALIZE } from '../mcp-message.ts';
import { postMessage } from '../mcp-request.ts';
import { challenge, mustChallenge } from './challenge.ts';

const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A token that somebody made up is refused like none. */
export const forgedToken: Check = {
  name: 'forged-token',
  after: [challenge],
  async examine(visit) {
    const now = Math.floor(Date.now() / 1000);
    const claims = { iss: visit.url, aud: resourcesOf(visit.url).portal, iat: now, exp: now + 900 };
    for (const alg of ['none', 'RS256']) {
      const made = `${part({ alg, typ: 'at+jwt', kid: 'doctor' })}.${part(claims)}.${part({})}`;
      mustChallenge(
        await postMessage(visit, INITIALIZE, { token: made }),
        visit.url,
        `POST /mcp with a made-up token (alg ${alg})`,
      );
    }
    return pass('401');
  },
};
