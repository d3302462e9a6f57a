/** An HTTP answer, read to its end. */
export interface Answer {
  url: string;
  status: number;
  headers: Headers;
  text: string;
  /** The body as JSON; undefined when it is none. */
  json: unknown;
  /** The middle between sending the request and reading the answer's head, in epoch milliseconds. */
  at: number;
}

const MOST_BYTES = 2 * 1024 * 1024;
const PATIENCE_MS = 20_000;

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Reads what there is, up to 2 MB. */
async function readText({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body ?? []) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > MOST_BYTES) break;
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** One request; redirects are answers like others. @throws TypeError or a TimeoutError when there is no answer. */
export async function ask(url: string, init: RequestInit = {}): Promise<Answer> {
  const sent = Date.now();
  const response = await fetch(url, {
    redirect: 'manual',
    signal: AbortSignal.timeout(PATIENCE_MS),
    ...init,
  });
  const at = (sent + Date.now()) / 2;
  const text = await readText(response);
  return { url, status: response.status, headers: response.headers, text, json: parse(text), at };
}
