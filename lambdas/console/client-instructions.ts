/** How one client is connected: text, and what to copy. */
export interface ClientInstructions {
  client: string;
  steps: readonly { say: string; copy?: string }[];
}

/** The name that a client knows the portal by: letters, digits and hyphens. */
export const serverName = (deployment: string): string =>
  deployment
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '') || 'sallyport';

const json = (value: unknown) => JSON.stringify(value, null, 2);

function hostedSteps(url: string): ClientInstructions['steps'] {
  if (new URL(url).protocol === 'http:') {
    return [{ say: 'Hosted clients cannot reach a portal on this machine. Use one of the others for now.' }];
  }
  return [
    {
      say: 'Open Settings, then Connectors, choose “Add custom connector”, and paste this address:',
      copy: url,
    },
    {
      say: 'Choose Connect and sign in. The connector then works in Claude.ai, Claude Desktop and on your phone.',
    },
  ];
}

/** How to connect each of the common clients to a portal at this URL. */
export function clientInstructions(url: string, deployment: string): ClientInstructions[] {
  const name = serverName(deployment);
  return [
    {
      client: 'Claude Code',
      steps: [
        { say: 'In a terminal:', copy: `claude mcp add --transport http ${name} ${url}` },
        { say: `Then start claude, type /mcp, choose ${name} and sign in.` },
      ],
    },
    { client: 'Claude.ai and Claude Desktop', steps: hostedSteps(url) },
    {
      client: 'VS Code',
      steps: [
        { say: 'In a terminal:', copy: `code --add-mcp '${JSON.stringify({ name, type: 'http', url })}'` },
        {
          say: 'Or, for everyone who works in a folder, in its .vscode/mcp.json:',
          copy: json({ servers: { [name]: { type: 'http', url } } }),
        },
      ],
    },
    {
      client: 'Cursor',
      steps: [
        {
          say: 'In ~/.cursor/mcp.json, or .cursor/mcp.json of a project:',
          copy: json({ mcpServers: { [name]: { url } } }),
        },
      ],
    },
    {
      client: 'Codex',
      steps: [{ say: 'In a terminal:', copy: `codex mcp add ${name} --url ${url}\ncodex mcp login ${name}` }],
    },
    {
      client: 'Gemini CLI',
      steps: [
        { say: 'In a terminal:', copy: `gemini mcp add --transport http ${name} ${url}` },
        { say: `Then start gemini and type /mcp auth ${name} to sign in.` },
      ],
    },
    {
      client: 'MCP Inspector',
      steps: [
        { say: 'In a terminal:', copy: 'npx @modelcontextprotocol/inspector' },
        { say: 'Choose the transport “Streamable HTTP”, paste this address and connect:', copy: url },
      ],
    },
  ];
}
