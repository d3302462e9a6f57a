import { createServer } from 'node:http';
import {
  localhostHostValidation,
  localhostOriginValidation,
  toNodeHandler,
} from '@modelcontextprotocol/node';
import { createMcpHandler } from '@modelcontextprotocol/server';
import { createHrDirectory } from './mcp.ts';
import { TimeOffBook } from './time-off.ts';

const book = new TimeOffBook();
const handler = createMcpHandler(() => createHrDirectory(book), { legacy: 'stateless' });
const answer = toNodeHandler(handler, { onerror: (error) => console.error(error.message) });
const hostAllowed = localhostHostValidation();
const originAllowed = localhostOriginValidation();

const server = createServer((request, response) => {
  if (!hostAllowed(request, response) || !originAllowed(request, response)) return;
  if (new URL(request.url ?? '/', 'http://127.0.0.1').pathname !== '/mcp') {
    response.writeHead(404).end();
    return;
  }
  void answer(request, response);
});

const port = Number(process.env.PORT ?? 8792);
server.on('error', (error) => {
  console.error(`cannot listen on 127.0.0.1:${port}: ${error.message}`);
  process.exit(1);
});
server.listen(port, '127.0.0.1', () => {
  const address = server.address();
  const bound = typeof address === 'object' && address ? address.port : port;
  console.log(`listening on http://127.0.0.1:${bound}/mcp`);
});

function stop(): void {
  void handler.close();
  server.close(() => process.exit(0));
  server.closeAllConnections();
}
process.on('SIGTERM', stop);
process.on('SIGINT', stop);
