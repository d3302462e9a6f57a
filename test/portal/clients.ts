import { Client as ModernClient, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { Client as LegacyClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as LegacyTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { TestPortal } from './portal.ts';

const info = { name: 'test-client', version: '1.0.0' };
const options = (token: string) => ({ requestInit: { headers: { authorization: `Bearer ${token}` } } });

/** An SDK v2 client that negotiates, which finds the modern protocol. */
export async function modernClient(portal: TestPortal, token = 'alice'): Promise<ModernClient> {
  const client = new ModernClient(info, {
    versionNegotiation: { mode: 'auto' },
    capabilities: { elicitation: { form: {} } },
  });
  await client.connect(new StreamableHTTPClientTransport(new URL(portal.url), options(token)));
  return client;
}

/** An SDK v2 client with its default, the legacy protocol. */
export async function modernSdkLegacyClient(portal: TestPortal, token = 'alice'): Promise<ModernClient> {
  const client = new ModernClient(info);
  await client.connect(new StreamableHTTPClientTransport(new URL(portal.url), options(token)));
  return client;
}

/** An SDK v1 client. */
export async function legacyClient(portal: TestPortal, token = 'alice'): Promise<LegacyClient> {
  const client = new LegacyClient(info);
  await client.connect(new LegacyTransport(new URL(portal.url), options(token)));
  return client;
}

/** A transport of the time when `initialize` asked for this version; that of 2025-03-26 knew no version header. */
class OlderTransport extends LegacyTransport {
  readonly #version: string;

  constructor(url: URL, token: string, version: string) {
    super(url, options(token));
    this.#version = version;
  }

  override async send(message: Parameters<LegacyTransport['send']>[0]): Promise<void> {
    if (!('method' in message) || message.method !== 'initialize') return super.send(message);
    return super.send({ ...message, params: { ...message.params, protocolVersion: this.#version } });
  }

  override setProtocolVersion(version: string): void {
    if (this.#version >= '2025-06-18') super.setProtocolVersion(version);
  }
}

/** An SDK v1 client that speaks this version, and the version that it negotiated. */
export async function olderClient(
  portal: TestPortal,
  version: string,
): Promise<{ client: LegacyClient; negotiated: unknown }> {
  const client = new LegacyClient(info);
  const transport = new OlderTransport(new URL(portal.url), 'alice', version);
  let negotiated: unknown;
  const listen = client.connect(transport);
  const { onmessage } = transport;
  transport.onmessage = (message) => {
    if ('result' in message) negotiated ??= message.result.protocolVersion;
    onmessage?.(message);
  };
  await listen;
  return { client, negotiated };
}

const VERSION = '2026-07-28';

/** Headers and body of a modern request, written by hand. */
export function modernRequest(
  method: string,
  params: Record<string, unknown> = {},
  meta: Record<string, unknown> = {},
): { body: string; headers: Record<string, string>; id: string } {
  const id = 'call-1';
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': VERSION,
    'io.modelcontextprotocol/clientCapabilities': {},
    ...meta,
  };
  const name = params.name ?? params.uri;
  return {
    id,
    body: JSON.stringify({ jsonrpc: '2.0', id, method, params: { ...params, _meta } }),
    headers: {
      'mcp-protocol-version': VERSION,
      'mcp-method': method,
      ...(typeof name === 'string' ? { 'mcp-name': name } : {}),
    },
  };
}

export interface Answer {
  jsonrpc: '2.0';
  id: unknown;
  result?: Record<string, unknown>;
  error?: { code: number; message: string; data?: Record<string, unknown> };
}

/** Sends a modern request and reads its single JSON answer. */
export async function ask(
  portal: TestPortal,
  method: string,
  params: Record<string, unknown> = {},
  options: { meta?: Record<string, unknown>; headers?: Record<string, string>; token?: string } = {},
): Promise<{ status: number; headers: Headers; answer: Answer }> {
  const { body, headers } = modernRequest(method, params, options.meta);
  const authorization: Record<string, string> = options.token
    ? { authorization: `Bearer ${options.token}` }
    : {};
  const response = await portal.post(body, { ...headers, ...authorization, ...options.headers });
  return { status: response.status, headers: response.headers, answer: (await response.json()) as Answer };
}
