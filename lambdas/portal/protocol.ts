/** MCP versions: the modern one, and the legacy one that servers behind the portal are asked for. */
export const MODERN_VERSION = '2026-07-28';
export const LEGACY_VERSION = '2025-11-25';

/** Every legacy version there was, the newest first; servers behind the portal may speak any of them. */
export const LEGACY_VERSIONS: ReadonlySet<string> = new Set([
  '2025-11-25',
  '2025-06-18',
  '2025-03-26',
  '2024-11-05',
]);

const PREFIX = 'io.modelcontextprotocol/';

/** Reserved `_meta` keys of the protocol. */
export const meta = {
  prefix: PREFIX,
  version: `${PREFIX}protocolVersion`,
  clientCapabilities: `${PREFIX}clientCapabilities`,
  clientInfo: `${PREFIX}clientInfo`,
  logLevel: `${PREFIX}logLevel`,
  serverInfo: `${PREFIX}serverInfo`,
  subscriptionId: `${PREFIX}subscriptionId`,
} as const;

export const TASKS_EXTENSION = `${PREFIX}tasks`;

/** The parameter that `Mcp-Name` repeats, by method (2026-07-28, Streamable HTTP, standard request headers). */
export const nameParameter: Readonly<Record<string, 'name' | 'uri'>> = {
  'tools/call': 'name',
  'prompts/get': 'name',
  'resources/read': 'uri',
};

/** RFC 5424 severities, least severe first. */
export const logLevels: readonly string[] = [
  'debug',
  'info',
  'notice',
  'warning',
  'error',
  'critical',
  'alert',
  'emergency',
];

/** The portal as an MCP implementation, to clients and to servers. */
export const IMPLEMENTATION = { name: 'sallyport', version: '0.1.0' } as const;
