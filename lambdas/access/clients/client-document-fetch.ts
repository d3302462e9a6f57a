import { SallyportError } from '../../shared/errors.ts';
import { createOutgoing } from '../../shared/outgoing.ts';
import { createGuardedFetch, type GuardedFetch } from '../guarded-fetch.ts';

/** draft-ietf-oauth-client-id-metadata-document section 6.6 recommends 5 KB. */
const MOST_BYTES = 5 * 1024;
const TIMEOUT_MS = 3_000;
const SHORTEST = 5 * 60;
const LONGEST = 24 * 60 * 60;

/** What the document's host answered; `unreachable` tells nothing about the document, `refused` does. */
export type FetchedDocument =
  | { outcome: 'document'; text: string; lifetime: number }
  | { outcome: 'refused'; reason: string }
  | { outcome: 'unreachable'; reason: string };

export type FetchDocument = (url: string) => Promise<FetchedDocument>;

/** Seconds that a document may be used without asking again: its `max-age`, within 5 minutes and 24 hours. */
export function lifetimeOf(cacheControl: string | null): number {
  const directives = (cacheControl ?? '')
    .toLowerCase()
    .split(',')
    .map((directive) => directive.trim());
  if (directives.some((name) => /^(?:no-store|no-cache)\b/.test(name))) return SHORTEST;
  const age = directives.map((directive) => /^max-age="?(\d+)"?$/.exec(directive)?.[1]).find(Boolean);
  return Math.min(Math.max(Number(age ?? 0), SHORTEST), LONGEST);
}

const isJson = (contentType: string | null): boolean =>
  /^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i.test(contentType ?? '');

async function judge(response: Response): Promise<FetchedDocument> {
  const { status, headers } = response;
  if (status === 404 || status === 410) return { outcome: 'refused', reason: 'there is none at its address' };
  if (status !== 200) return { outcome: 'unreachable', reason: `its address answered with status ${status}` };
  if (!isJson(headers.get('content-type')))
    return { outcome: 'refused', reason: 'it is not served as application/json' };
  const text = await response.text();
  return { outcome: 'document', text, lifetime: lifetimeOf(headers.get('cache-control')) };
}

/** Which refusals are about the document itself; the guard's words about networks stay inside. */
const REFUSALS: Readonly<Record<string, string>> = {
  outgoing_forbidden: 'its address is not one on the public internet',
  outgoing_redirected: 'its address answered with a redirect, which is not followed',
  outgoing_too_large: `it has more than ${MOST_BYTES} bytes`,
  outgoing_encoded: 'it is served compressed, although that was not asked for',
};

/** Fetches client ID metadata documents through the guard, each within its limits. */
export function createDocumentFetch(fetch: GuardedFetch): FetchDocument {
  return async (url) => {
    try {
      return await judge(await fetch(url, { headers: { accept: 'application/json' } }));
    } catch (error) {
      const reason = error instanceof SallyportError ? REFUSALS[error.code] : undefined;
      return reason
        ? { outcome: 'refused', reason }
        : { outcome: 'unreachable', reason: 'its address did not answer in time or not at all' };
    }
  };
}

/** @param networks CIDR ranges besides the public internet. */
export const documentFetchThrough = (networks: readonly string[]): FetchDocument =>
  createDocumentFetch(
    createGuardedFetch(createOutgoing(networks), { mostBytes: MOST_BYTES, timeoutMs: TIMEOUT_MS }),
  );
