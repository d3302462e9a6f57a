import * as z from 'zod';
import { VERSION } from '../version.ts';
import type { Answer } from './answer.ts';
import { Found } from './check.ts';
import { unexpected } from './explain-answer.ts';
import type { McpMessage } from './mcp-message.ts';
import type { Visit } from './visit.ts';

export interface Posting {
  token?: string;
  /** By what the audit knows this request. */
  userAgent?: string;
}

/** Posts one message to the portal. */
export async function postMessage(visit: Visit, message: McpMessage, posting: Posting = {}): Promise<Answer> {
  const { method, params, headers } = message;
  return visit.ask('/mcp', {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'user-agent': posting.userAgent ?? `sallyport/${VERSION} doctor`,
      ...(posting.token === undefined ? {} : { authorization: `Bearer ${posting.token}` }),
      ...headers,
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
  });
}

const reply = z.union([
  z.object({ id: z.literal(1), result: z.looseObject({}) }),
  z.object({
    id: z.union([z.literal(1), z.null()]),
    error: z.object({ code: z.number(), message: z.string() }),
  }),
]);

export type Reply = z.output<typeof reply>;

/** The messages of an answer, which is one, or a stream of them (server-sent events). */
function messagesOf({ headers, json, text }: Answer): unknown[] {
  if (!headers.get('content-type')?.includes('text/event-stream')) return [json];
  return text.split(/\r?\n\r?\n/).flatMap((event) => {
    const data = event
      .split(/\r?\n/)
      .filter((line) => line.startsWith('data:'))
      .map((line) => line.slice(5).trimStart());
    try {
      return data.length > 0 ? [JSON.parse(data.join('\n'))] : [];
    } catch {
      return [];
    }
  });
}

/** Asks the portal as a person. @throws Found when the answer has no JSON-RPC response. */
export async function askPortal(visit: Visit, message: McpMessage, posting: Posting): Promise<Reply> {
  const answer = await postMessage(visit, message, posting);
  const found = messagesOf(answer).flatMap((each) => reply.safeParse(each).data ?? []);
  const [first] = found;
  if (first) return first;
  throw new Found(unexpected(answer, `POST /mcp (${message.method})`, 'a JSON-RPC response'));
}
