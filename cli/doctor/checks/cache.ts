import type { Answer } from '../answer.ts';
import { type Check, fail, pass, warn } from '../check.ts';
import { INITIALIZE } from '../mcp-message.ts';
import { postMessage } from '../mcp-request.ts';
import { challenge } from './challenge.ts';

const METADATA = '/.well-known/oauth-authorization-server';
const REQUEST_ID = 'x-amzn-requestid';
const TO_DO =
  'Switch caching off for this origin: on CloudFront, the policy CachingDisabled for every behaviour.';

/** Why an answer seems to come from a cache; undefined when it does not. */
function cachedBy(first: Answer, second: Answer): string | undefined {
  for (const { headers } of [first, second]) {
    if (Number(headers.get('age') ?? 0) > 0) return `Age: ${headers.get('age')}`;
    const hit = headers.get('x-cache');
    if (hit?.toLowerCase().startsWith('hit')) return `X-Cache: ${hit}`;
  }
  const id = first.headers.get(REQUEST_ID);
  return id !== null && id === second.headers.get(REQUEST_ID) ? 'the same request id twice' : undefined;
}

/** No cache stands in front, which would give one client's answer to another. */
export const cache: Check = {
  name: 'cache',
  after: [challenge],
  async examine(visit) {
    const posted = cachedBy(await postMessage(visit, INITIALIZE), await postMessage(visit, INITIALIZE));
    if (posted)
      return fail(
        `POST /mcp is answered from a cache (${posted})`,
        'One client would get the answer of another.',
        TO_DO,
      );
    const fetched = cachedBy(await visit.ask(METADATA), await visit.ask(METADATA));
    if (fetched)
      return warn(
        `metadata is answered from a cache (${fetched})`,
        'What is changed shows late, and a cache that goes by paths alone would mix up answers of people too.',
        TO_DO,
      );
    return pass('each answer is a fresh one');
  },
};
