import { randomUUID } from 'node:crypto';
import { createRemedyLink } from '../access/evidence/remedy-links.ts';
import type { Decision, Subject } from '../policy/decision.ts';
import type { Table } from '../shared/table.ts';
import { refused } from './access.ts';
import type { Offer } from './catalog.ts';
import type { PortalRequest } from './eras/portal-request.ts';
import { isObject, type JsonObject } from './json.ts';
import { RpcError } from './json-rpc.ts';

/** Policies let somebody in once something is done; `offer` is what was asked for, undefined for the portal itself. */
export class Held extends Error {
  readonly decision: Decision;
  readonly offer: Offer | undefined;

  constructor(decision: Decision, offer?: Offer) {
    super(decision.reason);
    this.decision = decision;
    this.offer = offer;
  }
}

/** Makes the address at which a person can do what a decision asks for. */
export type RemedyAddress = (subject: Subject, decision: Decision) => Promise<string>;

export const remedyAddressAt =
  (origin: string, identity: Table): RemedyAddress =>
  async (subject, { remedies, reason }) => {
    const { person, session } = subject.serviceToken === undefined ? subject : {};
    if (person === undefined || session === undefined)
      throw new Error(`Nobody can do what is asked for: ${reason}`);
    const asked = remedies.map(({ kind, policy }) => ({ kind, policy }));
    const reference = await createRemedyLink(identity, { person, session, remedies: asked });
    return `${origin}/console/conditions?link=${reference}`;
  };

/** Requests that may be answered by a question (2026-07-28, multi round-trip requests). */
const MAY_ASK: ReadonlySet<string> = new Set(['tools/call', 'prompts/get', 'resources/read']);

/** The key of our own question among those of servers. */
const QUESTION = 'sallyport-conditions';

function asksByUrl({ clientCapabilities }: PortalRequest): boolean {
  const { elicitation } = clientCapabilities;
  return isObject(elicitation) && elicitation.url !== undefined;
}

/**
 * What the caller gets instead of an answer: the page to open, asked for by URL elicitation where the client can, in
 * the text of a tool's error where it cannot.
 * @throws RpcError 403 with the page for requests that have no such error.
 */
export function heldAnswer(request: PortalRequest, { decision }: Held, url: string): JsonObject {
  const { reason } = decision;
  const text = `${reason} Open this page, then try again: ${url}`;
  if (MAY_ASK.has(request.method) && asksByUrl(request)) {
    const params = { mode: 'url', message: reason, url, elicitationId: randomUUID() };
    return {
      resultType: 'input_required',
      inputRequests: { [QUESTION]: { method: 'elicitation/create', params } },
    };
  }
  if (request.method === 'tools/call')
    return { resultType: 'complete', content: [{ type: 'text', text }], isError: true };
  throw new RpcError(refused(decision).code, text, { status: 403 });
}

/** The parameters without the answer to our own question, which is none of the server's. */
export function withoutOwnAnswer(params: JsonObject): JsonObject {
  if (!isObject(params.inputResponses) || !(QUESTION in params.inputResponses)) return params;
  const { [QUESTION]: _, ...others } = params.inputResponses;
  const { inputResponses: __, ...rest } = params;
  return Object.keys(others).length > 0 ? { ...rest, inputResponses: others } : rest;
}
