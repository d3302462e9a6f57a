import type { RequestListener } from 'node:http';
import { completable, createMcpHandler, McpServer, ResourceTemplate } from '@modelcontextprotocol/server';
import * as z from 'zod';
import { type Listening, listening, nodeListener } from '../fixtures/upstreams/listening.ts';
import { registerInputRequired, stateCodec } from './fixture-input-required.ts';
import { IMAGE, registerTools } from './fixture-tools.ts';

const user = (content: unknown) => ({ role: 'user', content });
const text = (value: string) => ({ type: 'text', text: value });

function registerPrompts(server: McpServer): void {
  const prompt = (name: string, messages: unknown[]) =>
    server.registerPrompt(name, { description: 'A prompt.' }, () => ({ messages }) as { messages: [] });
  prompt('test_simple_prompt', [user(text('This is a simple prompt for testing.'))]);
  prompt('test_prompt_with_image', [
    user({ type: 'image', data: IMAGE, mimeType: 'image/png' }),
    user(text('Please analyze the image above.')),
  ]);
  server.registerPrompt(
    'test_prompt_with_arguments',
    {
      description: 'A prompt with arguments.',
      argsSchema: z.object({
        arg1: completable(z.string(), (value) =>
          ['paris', 'park', 'party'].filter((word) => word.startsWith(value)),
        ),
        arg2: z.string(),
      }),
    },
    ({ arg1, arg2 }) => ({
      messages: [
        {
          role: 'user',
          content: { type: 'text', text: `Prompt with arguments: arg1='${arg1}', arg2='${arg2}'` },
        },
      ],
    }),
  );
  server.registerPrompt(
    'test_prompt_with_embedded_resource',
    { description: 'A prompt with a resource.', argsSchema: z.object({ resourceUri: z.string() }) },
    ({ resourceUri }) => ({
      messages: [
        {
          role: 'user',
          content: {
            type: 'resource',
            resource: {
              uri: resourceUri,
              mimeType: 'text/plain',
              text: 'Embedded resource content for testing.',
            },
          },
        },
        { role: 'user', content: { type: 'text', text: 'Please process the embedded resource above.' } },
      ],
    }),
  );
}

function registerResources(server: McpServer): void {
  server.registerResource(
    'static-text',
    'test://static-text',
    { description: 'Text.', mimeType: 'text/plain' },
    ({ href }) => ({
      contents: [
        { uri: href, mimeType: 'text/plain', text: 'This is the content of the static text resource.' },
      ],
    }),
  );
  server.registerResource(
    'static-binary',
    'test://static-binary',
    { description: 'An image.', mimeType: 'image/png' },
    ({ href }) => ({ contents: [{ uri: href, mimeType: 'image/png', blob: IMAGE }] }),
  );
  server.registerResource(
    'template',
    new ResourceTemplate('test://template/{id}/data', { list: undefined }),
    { description: 'Data by id.', mimeType: 'application/json' },
    ({ href }, { id }) => ({
      contents: [
        {
          uri: href,
          mimeType: 'application/json',
          text: JSON.stringify({ id, templateTest: true, data: `Data for ID: ${String(id)}` }),
        },
      ],
    }),
  );
}

function createFixture(): McpServer {
  const server = new McpServer(
    { name: 'conformance-fixture', version: '1.0.0' },
    {
      capabilities: { logging: {} },
      requestState: { verify: (state, context) => stateCodec.verify(state, context) },
    },
  );
  registerTools(server);
  registerInputRequired(server);
  registerPrompts(server);
  registerResources(server);
  return server;
}

/** As a server of its time: what it does not know is a bad request. */
function refuseModern(listener: RequestListener): RequestListener {
  return (request, response) => {
    if (request.headers['mcp-protocol-version'] === '2026-07-28') response.writeHead(400).end();
    else listener(request, response);
  };
}

/** The server that the conformance suite expects, on a free loopback port; a modern one speaks both eras. */
export function startFixtureServer(era: 'modern' | 'legacy'): Promise<Listening> {
  const listener = nodeListener(createMcpHandler(createFixture, { legacy: 'stateless' }));
  return listening(era === 'modern' ? listener : refuseModern(listener));
}
