import type { HolderToken } from '../access/sessions/holder.ts';
import type { HolderReader } from '../access/sessions/holder-reader.ts';
import type { TokenVerifier } from '../access/tokens/verify-token.ts';
import type { AuditWriter } from '../audit/record.ts';
import type { EvidenceSource } from '../policy/settle.ts';
import type { VersionedSnapshot } from '../policy/snapshot.ts';
import { corsHeaders } from '../shared/cors.ts';
import { SallyportError } from '../shared/errors.ts';
import type { HttpRequest, StreamingResponse } from '../shared/http.ts';
import { logger } from '../shared/logger.ts';
import { admit, refusalOf } from './admission.ts';
import { Answer, type Final, JSON_HEADERS } from './answer.ts';
import { answerBatch } from './batch.ts';
import { checkBatch } from './checks/batch.ts';
import { checkBodySize } from './checks/body-size.ts';
import { checkContentType } from './checks/content-type.ts';
import { checkJson } from './checks/json.ts';
import { checkOrigin } from './checks/origin.ts';
import type { Conversation } from './conversation.ts';
import type { RemedyAddress } from './held.ts';
import { RpcError } from './json-rpc.ts';
import { createEntry, type EntryOptions, errorFinal } from './message-entry.ts';
import { countRelayError } from './relay-error.ts';
import type { TaintSession } from './taint-sessions.ts';
import type { Upstreams } from './upstream/upstreams.ts';

export interface RelayOptions {
  origin: string;
  portalId: string;
  /** Origins of pages that may call, besides the portal's own. */
  allowedOrigins: readonly string[];
  tokens: TokenVerifier<HolderToken>;
  sessions: HolderReader;
  snapshots: { current(portalId: string): Promise<VersionedSnapshot | undefined> };
  /** Where decisions look up what they ask for. */
  evidence: EvidenceSource;
  audit: AuditWriter;
  upstreams: Upstreams;
  taint: TaintSession;
  remedyAddress: RemedyAddress;
  /** Entries per page of a list. */
  pageSize?: number;
  /** The longest that a server may take, in milliseconds. */
  callLimitMs?: number;
  /** Milliseconds after which the session and the portal's policies are judged again, within an answer. */
  watchMs?: number;
}

export interface Relay {
  /** Answers one POST; `remainingMs` is the time that the function still has. */
  handle(request: HttpRequest, remainingMs?: number): Promise<StreamingResponse>;
}

const PAGE_SIZE = 200;
const CALL_LIMIT_MS = 240_000;
/** With the 30 s for which a session may be remembered, an ended one ends its answers within a minute. */
export const WATCH_MS = 25_000;
/** Left over for recording and sending the answer. */
const RESERVE_MS = 5_000;

const jsonAnswer = ({ text, status }: Final): StreamingResponse => ({
  status,
  headers: JSON_HEADERS,
  body: text,
});

function answerOf(conversation: Conversation, accept: string | undefined): Promise<StreamingResponse> {
  const answer = new Answer(accept);
  conversation
    .run(answer)
    .then((final) => answer.end(final))
    .catch((error: unknown) => logger.error('answer not ended', { error: String(error) }));
  return answer.response;
}

/** The MCP endpoint of one portal. Everything that it works with is handed in. */
export function createRelay(options: RelayOptions): Relay {
  const { tokens, sessions, pageSize = PAGE_SIZE, watchMs = WATCH_MS } = options;
  const { callLimitMs = CALL_LIMIT_MS } = options;
  const allowedOrigins = new Set([options.origin, ...options.allowedOrigins]);
  const sessionNow: EntryOptions['sessionNow'] = ({ token }) => sessions.read(token);
  const enter = createEntry({ ...options, pageSize, watchMs, sessionNow });

  async function converse(http: HttpRequest, remainingMs: number): Promise<StreamingResponse> {
    checkOrigin(http.headers.origin, allowedOrigins);
    const admitted = await admit(http, tokens, sessions);
    const bytes = checkBodySize(http.body);
    checkContentType(http.headers['content-type']);
    const message = checkJson(http.body);
    const limitMs = Math.max(1, Math.min(callLimitMs, remainingMs - RESERVE_MS));
    const arrival = { http, admitted, limitMs };
    if (Array.isArray(message)) {
      checkBatch(message, http.headers['mcp-protocol-version']);
      return answerBatch({ messages: message, arrival, enter, sessionNow });
    }
    const entered = await enter({ ...arrival, message, bytes, batched: false });
    if (entered.kind === 'notification') return { status: 202, headers: {}, body: '' };
    if (entered.kind === 'final') return jsonAnswer(entered.final);
    return answerOf(entered.conversation, http.headers.accept);
  }

  async function answer(http: HttpRequest, remainingMs: number): Promise<StreamingResponse> {
    try {
      return await converse(http, remainingMs);
    } catch (error) {
      countRelayError(error);
      if (error instanceof RpcError) return jsonAnswer(errorFinal(null, error));
      if (error instanceof SallyportError) return refusalOf(error, http.origin ?? options.origin);
      throw error;
    }
  }

  return {
    async handle(http, remainingMs = Number.POSITIVE_INFINITY) {
      const response = await answer(http, remainingMs);
      const cors = corsHeaders(http.headers.origin, allowedOrigins);
      return { ...response, headers: { ...response.headers, ...cors } };
    },
  };
}
