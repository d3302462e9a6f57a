import type { IncomingMessage } from 'node:http';
import { SallyportError } from '../../shared/errors.ts';
import type { Outgoing, OutgoingRequest } from '../../shared/outgoing.ts';
import { isObject, type JsonObject, parseJson } from '../json.ts';
import { EventStreamParser } from './event-stream.ts';
import { UpstreamFailure } from './failure.ts';

/** Bytes of one answer, notifications before it included. */
export const ANSWER_LIMIT = 10 * 1024 * 1024;
/** How long a server may leave its event stream open after the answer before the connection is given up. */
const LINGER_MS = 1_000;

export interface Post {
  url: URL;
  headers: Record<string, string>;
  message: JsonObject;
  signal: AbortSignal;
  repeatable: boolean;
  /** A server of 2025-03-26 may send several messages as one batch. */
  batches?: boolean;
  /** Everything that comes before the answer: notifications, and requests of legacy servers. */
  onMessage?: (message: JsonObject) => void;
}

export interface Reply {
  status: number;
  sessionId: string | undefined;
  /** The JSON-RPC answer; undefined when the server took a notification, or refused without one. */
  message: JsonObject | undefined;
}

const HEADERS = {
  'content-type': 'application/json',
  accept: 'application/json, text/event-stream',
  'user-agent': 'sallyport',
};

function parse(text: string, { batches }: Post): JsonObject[] {
  let value: unknown;
  try {
    value = parseJson(text);
  } catch (cause) {
    throw new UpstreamFailure('not-mcp', { cause });
  }
  const messages = batches && Array.isArray(value) ? value : [value];
  if (!messages.every(isObject)) throw new UpstreamFailure('not-mcp');
  return messages;
}

/** A response to this request; errors about messages that could not be read have no id. */
const answers = (message: JsonObject, id: unknown): boolean =>
  ('result' in message && message.id === id) ||
  (isObject(message.error) && (message.id === id || message.id === null || message.id === undefined));

function readWhole(response: IncomingMessage): Promise<string> {
  response.setEncoding('utf8');
  return new Promise((fulfil, reject) => {
    let text = '';
    let bytes = 0;
    response.on('data', (chunk: string) => {
      bytes += Buffer.byteLength(chunk);
      if (bytes > ANSWER_LIMIT) {
        reject(new UpstreamFailure('too-large'));
        response.destroy();
      } else text += chunk;
    });
    const onClose = () => reject(new UpstreamFailure('closed'));
    response.once('end', () => {
      response.off('close', onClose);
      fulfil(text);
    });
    response.once('error', reject);
    response.once('close', onClose);
  });
}

/** Lets the server end its stream, so that the connection can be used again, but not for ever. */
function drain(response: IncomingMessage): void {
  const giveUp = setTimeout(() => response.destroy(), LINGER_MS);
  giveUp.unref();
  response.on('error', () => undefined);
  response.once('close', () => clearTimeout(giveUp));
  response.resume();
}

/** The answer to the request among messages; whatever else is there is handed over. */
function answerAmong(messages: readonly JsonObject[], { message, onMessage }: Post): JsonObject | undefined {
  let found: JsonObject | undefined;
  for (const each of messages) {
    if (answers(each, message.id)) found ??= each;
    else onMessage?.(each);
  }
  return found;
}

function readEvents(response: IncomingMessage, post: Post): Promise<JsonObject> {
  const parser = new EventStreamParser();
  response.setEncoding('utf8');
  return new Promise((fulfil, reject) => {
    let bytes = 0;
    const take = (chunk: string) => {
      bytes += Buffer.byteLength(chunk);
      if (bytes > ANSWER_LIMIT) throw new UpstreamFailure('too-large');
      for (const data of parser.push(chunk)) {
        const answer = data === '' ? undefined : answerAmong(parse(data, post), post);
        if (answer) return answer;
      }
      return undefined;
    };
    const onClose = () => reject(new UpstreamFailure('closed'));
    const onData = (chunk: string) => {
      try {
        const answer = take(chunk);
        if (!answer) return;
        response.off('data', onData).off('error', reject).off('close', onClose);
        drain(response);
        fulfil(answer);
      } catch (error) {
        reject(error instanceof Error ? error : new Error(String(error)));
        response.destroy();
      }
    };
    response.on('data', onData);
    response.once('error', reject);
    response.once('close', onClose);
  });
}

async function readReply(response: IncomingMessage, post: Post): Promise<Reply> {
  const status = response.statusCode ?? 0;
  const type = response.headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  const session = response.headers['mcp-session-id'];
  const sessionId = typeof session === 'string' && session !== '' ? session : undefined;
  if (status >= 500) throw new UpstreamFailure('http-error');
  if (status === 401 || status === 403) throw new UpstreamFailure('unauthorized');
  if (!('id' in post.message) || status === 202 || status === 204) {
    drain(response);
    return { status, sessionId, message: undefined };
  }
  if (status < 300 && type === 'text/event-stream') {
    return { status, sessionId, message: await readEvents(response, post) };
  }
  const text = await readWhole(response);
  if (status < 300) {
    const message = answerAmong(parse(text, post), post);
    if (!message) throw new UpstreamFailure('not-mcp');
    return { status, sessionId, message };
  }
  try {
    const message = parse(text, post).find(({ error }) => isObject(error));
    return { status, sessionId, message };
  } catch {
    return { status, sessionId, message: undefined };
  }
}

function failureOf(error: unknown, signal: AbortSignal, began: boolean): Error {
  if (signal.aborted && signal.reason instanceof Error) return signal.reason;
  if (error instanceof UpstreamFailure) return error;
  if (error instanceof SallyportError) return new UpstreamFailure('unreachable', { cause: error });
  const { code } = error as NodeJS.ErrnoException;
  const lost = began || code === 'ECONNRESET' || code === 'EPIPE';
  return new UpstreamFailure(lost ? 'closed' : 'unreachable', { cause: error });
}

/**
 * Posts one message to a server and reads its answer, a JSON body or an event stream.
 * @throws UpstreamFailure, or the reason of `signal` once it is aborted.
 */
export async function exchange(outgoing: Outgoing, post: Post): Promise<Reply> {
  const { url, signal, repeatable } = post;
  const headers = { ...HEADERS, ...post.headers };
  const body = JSON.stringify(post.message);
  const request: OutgoingRequest = { url, method: 'POST', headers, body, signal, repeatable };
  let began = false;
  let response: IncomingMessage | undefined;
  try {
    response = await outgoing.send(request);
    began = true;
    return await readReply(response, post);
  } catch (error) {
    response?.destroy();
    throw failureOf(error, signal, began);
  }
}
