import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import type { GatewayAnswer } from './gateway-response.ts';
import { readStreamBeginning } from './proxy-answer.ts';

function writeHead(response: ServerResponse, answer: GatewayAnswer): void {
  const headers: OutgoingHttpHeaders = {};
  for (const [name, value] of Object.entries(answer.headers)) {
    headers[name] = typeof value === 'string' ? value : [...value];
  }
  response.writeHead(answer.status, headers);
}

export function send(response: ServerResponse, answer: GatewayAnswer): void {
  if (response.headersSent) return;
  if (answer.status !== 204 && answer.status !== 304) {
    response.setHeader('Content-Length', Buffer.byteLength(answer.body));
  }
  writeHead(response, answer);
  response.end(answer.body);
}

/**
 * Passes a streamed answer on as it comes. Without a valid prelude the client gets `fault`; an answer that breaks
 * off later breaks off for the client too. A client that leaves does not stop the function.
 */
export function sendStreamed(
  response: ServerResponse,
  answer: Readable,
  requestId: string,
  fault: () => GatewayAnswer,
): void {
  let beginning: Buffer | undefined = Buffer.alloc(0);
  const forward = (bytes: Buffer) => {
    if (bytes.length === 0 || response.destroyed || response.writableEnded) return;
    if (!response.write(bytes)) answer.pause();
  };
  const begin = (bytes: Buffer) => {
    const read = readStreamBeginning(bytes, requestId);
    beginning = read === 'incomplete' ? bytes : undefined;
    if (read === 'incomplete') return;
    if (read === 'malformed' || response.headersSent) return send(response, fault());
    writeHead(response, read);
    response.cork();
    process.nextTick(() => response.uncork());
    response.flushHeaders();
    forward(Buffer.from(read.body));
  };
  response.on('drain', () => answer.resume());
  response.on('close', () => answer.resume());
  answer.on('data', (bytes: Buffer) =>
    beginning ? begin(Buffer.concat([beginning, bytes])) : forward(bytes),
  );
  answer.on('end', () => {
    if (beginning) send(response, fault());
    else response.end();
  });
  answer.on('error', () => {
    if (response.headersSent) response.destroy();
    else send(response, fault());
  });
}
