import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { Server as TlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';

export interface LoopbackServer {
  /** `http://127.0.0.1:<port>` */
  origin: string;
  /** Lets running requests end and drops kept-alive connections. */
  close: () => Promise<void>;
}

/** Listens on 127.0.0.1 only. @throws Error naming the port when it is taken. */
export const listenOnLoopback = (port: number, listener: RequestListener): Promise<LoopbackServer> =>
  bindToLoopback(port, createServer({ keepAliveTimeout: 75_000 }, listener));

/** Lets a server listen on 127.0.0.1 only. @throws Error naming the port when it is taken. */
export async function bindToLoopback(port: number, server: Server | TlsServer): Promise<LoopbackServer> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      reject(cause.code === 'EADDRINUSE' ? new Error(`Port ${port} is taken.`, { cause }) : cause);
    });
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
      }),
  };
}

/** The whole body of a request; undefined when it is longer than `limit` bytes. */
export async function readBody(request: IncomingMessage, limit: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length <= limit) chunks.push(chunk);
  }
  return length <= limit ? Buffer.concat(chunks) : undefined;
}
