import { type Check, pass } from '../check.ts';
import { INITIALIZE } from '../mcp-message.ts';
import { postMessage } from '../mcp-request.ts';
import { challenge, mustChallenge } from './challenge.ts';
import { portalSignIn } from './portal-sign-in.ts';

/** Another character in the middle of a part, so that other bytes come of it. */
function altered(token: string, part: number): string {
  const parts = token.split('.');
  const text = parts[part] ?? '';
  const at = Math.floor(text.length / 2);
  parts[part] = `${text.slice(0, at)}${text[at] === 'A' ? 'B' : 'A'}${text.slice(at + 1)}`;
  return parts.join('.');
}

/** A valid token with one character changed is refused like none. */
export const tamperedToken: Check = {
  name: 'tampered-token',
  after: [portalSignIn, challenge],
  async examine(visit) {
    for (const [part, name] of [
      [1, 'claims'],
      [2, 'signature'],
    ] as const) {
      const token = altered(visit.learned.portal?.accessToken ?? '', part);
      const what = `POST /mcp with altered ${name}`;
      mustChallenge(await postMessage(visit, INITIALIZE, { token }), visit.url, what);
    }
    return pass('401');
  },
};
