import { LEGACY_VERSION, MODERN_VERSION, meta } from '../../lambdas/portal/protocol.ts';
import { VERSION } from '../version.ts';

/** One JSON-RPC request to the portal, and the headers that belong to it. */
export interface McpMessage {
  method: string;
  params: Record<string, unknown>;
  headers: Record<string, string>;
}

const clientInfo = { name: 'sallyport-doctor', version: VERSION };

/** How clients before 2026-07-28 begin (lifecycle). */
export const INITIALIZE: McpMessage = {
  method: 'initialize',
  params: { protocolVersion: LEGACY_VERSION, capabilities: {}, clientInfo },
  headers: {},
};

/** A request as clients of before 2026-07-28 send it after the beginning. */
export const legacy = (method: string, params: Record<string, unknown> = {}): McpMessage => ({
  method,
  params,
  headers: { 'mcp-protocol-version': LEGACY_VERSION },
});

/** A request of 2026-07-28, which stands by itself. */
export const modern = (method: string): McpMessage => ({
  method,
  params: {
    _meta: { [meta.version]: MODERN_VERSION, [meta.clientInfo]: clientInfo, [meta.clientCapabilities]: {} },
  },
  headers: { 'mcp-protocol-version': MODERN_VERSION, 'mcp-method': method },
});
