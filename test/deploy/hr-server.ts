import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createMcpHandler } from '@modelcontextprotocol/server';
import { createHrDirectory } from '../../examples/hr-directory/mcp.ts';
import { TimeOffBook } from '../../examples/hr-directory/time-off.ts';
import { listening, nodeListener } from '../fixtures/upstreams/listening.ts';

const EXAMPLE = join(import.meta.dirname, '../../examples/hr-directory/sallyport.yaml');
const EXAMPLE_URL = 'http://127.0.0.1:8792/mcp';

const PORTAL = `
---
apiVersion: sallyport/v1
kind: Portal
metadata:
  id: default
spec:
  title: Deployed portal
  servers: [hr]
  policies: [staff]
`;

export interface HrServer extends AsyncDisposable {
  /** The documents that bring it behind the default portal, for `sallyport apply`. */
  documents: string;
}

/** The example's MCP server on a free loopback port, and a portal for it. */
export async function startHrServer(folder: string): Promise<HrServer> {
  const book = new TimeOffBook();
  const handler = createMcpHandler(() => createHrDirectory(book), { legacy: 'stateless' });
  const server = await listening(nodeListener(handler));
  const example = readFileSync(EXAMPLE, 'utf8');
  if (!example.includes(EXAMPLE_URL)) throw new Error(`${EXAMPLE} does not name ${EXAMPLE_URL} any more.`);
  const documents = join(folder, 'documents.yaml');
  writeFileSync(documents, example.replace(EXAMPLE_URL, server.url) + PORTAL);
  return { documents, [Symbol.asyncDispose]: () => server.close() };
}
