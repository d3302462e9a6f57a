import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

/** What the bench asks a server process for. */
export type Question = 'address' | 'cpu';
/** The process's own CPU time so far, user and system, in milliseconds. */
export interface Answer {
  port: number;
  cpuMilliseconds: number;
}

export async function readBody(request: IncomingMessage): Promise<string> {
  let body = '';
  request.setEncoding('utf8');
  for await (const chunk of request) body += chunk;
  return body;
}

/** Serves on a free loopback port and answers the bench's questions; ends when the bench does. */
export function serveMeasured(
  handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
): void {
  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      console.error(error);
      response.writeHead(500).end();
    });
  });
  server.keepAliveTimeout = 60_000;
  server.listen(0, '127.0.0.1', () => {
    process.on('message', () => tell());
    tell();
  });
  const tell = () => {
    const address = server.address();
    const { user, system } = process.cpuUsage();
    const port = typeof address === 'object' && address ? address.port : 0;
    const answer: Answer = { port, cpuMilliseconds: (user + system) / 1000 };
    process.send?.(answer);
  };
  process.on('disconnect', () => process.exit(0));
}
