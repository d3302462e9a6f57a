import * as z from 'zod';
import type { GatewayAnswer } from './gateway-response.ts';

/** RFC 9110 section 5: a token, and a value without control characters. */
const headerName = z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/);
const headerValue = z
  .union([z.string(), z.number(), z.boolean()])
  .transform(String)
  .pipe(z.string().regex(/^[\t\x20-\x7e\x80-\xff]*$/));

/** The head of a proxy function's answer, buffered or before the delimiter of a streamed one. */
const head = {
  statusCode: z.int().min(100).max(599),
  headers: z.record(headerName, headerValue).nullish(),
  multiValueHeaders: z.record(headerName, z.array(headerValue)).nullish(),
};
const bufferedResult = z.strictObject({
  ...head,
  body: z.string().nullish(),
  isBase64Encoded: z.boolean().nullish(),
});
const prelude = z.strictObject({ ...head, cookies: z.array(headerValue).nullish() });

type Head = Pick<z.output<typeof prelude>, 'headers' | 'multiValueHeaders' | 'cookies'>;

/** API Gateway renames these on answers of integrations. */
const REMAPPED = new Set([
  'authorization',
  'connection',
  'content-length',
  'content-md5',
  'date',
  'host',
  'server',
  'transfer-encoding',
  'user-agent',
  'via',
  'www-authenticate',
]);

function headersOf(answer: Head, requestId: string): GatewayAnswer['headers'] {
  const headers = new Map<string, [string, string | string[]]>();
  const set = (name: string, value: string | string[]) => {
    const sent = REMAPPED.has(name.toLowerCase()) ? `x-amzn-Remapped-${name}` : name;
    headers.set(sent.toLowerCase(), [sent, value]);
  };
  set('Content-Type', 'application/json');
  set('x-amzn-RequestId', requestId);
  for (const [name, value] of Object.entries(answer.headers ?? {})) set(name, value);
  for (const [name, values] of Object.entries(answer.multiValueHeaders ?? {})) set(name, values);
  if (answer.cookies?.length) set('Set-Cookie', answer.cookies);
  return Object.fromEntries(headers.values());
}

/** The value, or undefined when the bytes are no JSON. */
export function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString());
  } catch {
    return undefined;
  }
}

/** Reads the answer of a buffered integration; undefined when it is malformed. */
export function readBufferedAnswer(
  payload: Buffer,
  requestId: string,
  acceptsBinary: boolean,
): GatewayAnswer | undefined {
  const { data } = bufferedResult.safeParse(parseJson(payload));
  if (!data) return undefined;
  const body = data.body ?? '';
  return {
    status: data.statusCode,
    headers: headersOf(data, requestId),
    body: data.isBase64Encoded && acceptsBinary ? Buffer.from(body, 'base64') : body,
  };
}

const DELIMITER = Buffer.alloc(8);
/** The delimiter must come within this many bytes. */
const PRELUDE_LIMIT = 16 * 1024;

/** What the beginning of a streamed answer turned out to be. */
export type StreamBeginning = 'incomplete' | 'malformed' | GatewayAnswer;

/** Reads the prelude of a streamed answer: metadata in JSON, 8 NUL bytes, then the first bytes of the body. */
export function readStreamBeginning(bytes: Buffer, requestId: string): StreamBeginning {
  const at = bytes.subarray(0, PRELUDE_LIMIT).indexOf(DELIMITER);
  if (at < 0) return bytes.length < PRELUDE_LIMIT ? 'incomplete' : 'malformed';
  const { data } = prelude.safeParse(parseJson(bytes.subarray(0, at)));
  if (!data) return 'malformed';
  return {
    status: data.statusCode,
    headers: headersOf(data, requestId),
    body: bytes.subarray(at + DELIMITER.length),
  };
}
