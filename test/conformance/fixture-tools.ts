import { fromJsonSchema, type McpServer } from '@modelcontextprotocol/server';
import * as z from 'zod';

/** A PNG of one red pixel. */
export const IMAGE =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==';
const AUDIO = 'UklGRiYAAABXQVZFZm10IBAAAAABAAEAQB8AAAB9AAACABAAZGF0YQIAAAA=';

const text = (value: string) => ({ type: 'text' as const, text: value });
const image = { type: 'image' as const, data: IMAGE, mimeType: 'image/png' };
const pause = () => new Promise((done) => setTimeout(done, 50));

/** Tools whose results the suite compares with what it expects. */
function registerContent(server: McpServer): void {
  const tool = (name: string, description: string, content: unknown[]) =>
    server.registerTool(name, { description }, () => ({ content }) as { content: [] });
  tool('test_simple_text', 'Returns text.', [text('This is a simple text response for testing.')]);
  tool('test_image_content', 'Returns an image.', [image]);
  tool('test_audio_content', 'Returns audio.', [{ type: 'audio', data: AUDIO, mimeType: 'audio/wav' }]);
  tool('test_embedded_resource', 'Returns a resource.', [
    {
      type: 'resource',
      resource: {
        uri: 'test://embedded-resource',
        mimeType: 'text/plain',
        text: 'This is an embedded resource content.',
      },
    },
  ]);
  tool('test_multiple_content_types', 'Returns several kinds of content.', [
    text('Multiple content types test:'),
    image,
    {
      type: 'resource',
      resource: {
        uri: 'test://mixed-content-resource',
        mimeType: 'application/json',
        text: JSON.stringify({ test: 'data', value: 123 }),
      },
    },
  ]);
}

/** Tools that say something while they run. */
function registerNotifying(server: McpServer): void {
  server.registerTool('test_tool_with_progress', { description: 'Reports progress.' }, async (context) => {
    const { _meta, notify } = context.mcpReq;
    for (const progress of [0, 50, 100]) {
      if (_meta?.progressToken !== undefined)
        await notify({
          method: 'notifications/progress',
          params: { progressToken: _meta.progressToken, progress, total: 100 },
        });
      await pause();
    }
    return { content: [text('done')] };
  });
  for (const name of ['test_tool_with_logging', 'test_logging_tool'])
    server.registerTool(name, { description: 'Logs while it runs.' }, async ({ mcpReq }) => {
      await mcpReq.log('info', 'Tool execution started');
      await pause();
      await mcpReq.log('info', 'Tool processing data');
      await pause();
      await mcpReq.log('info', 'Tool execution completed');
      return { content: [text('done')] };
    });
  server.registerTool('test_error_handling', { description: 'Always fails.' }, () => {
    throw new Error('This tool intentionally returns an error for testing');
  });
}

/** A keyword of JSON Schema that no linter likes on an object. */
const conditional = JSON.parse('{"then":{"required":["phone"]}}') as Record<string, unknown>;
const draft = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object' as const,
  $defs: {
    address: {
      $anchor: 'addressDef',
      type: 'object',
      properties: { street: { type: 'string' }, city: { type: 'string' } },
    },
  },
  properties: {
    name: { type: 'string' },
    address: { $ref: '#/$defs/address' },
    contactMethod: { type: 'string', enum: ['phone', 'email'] },
    phone: { type: 'string' },
    email: { type: 'string' },
  },
  allOf: [{ anyOf: [{ required: ['phone'] }, { required: ['email'] }] }],
  if: { properties: { contactMethod: { const: 'phone' } }, required: ['contactMethod'] },
  ...conditional,
  else: { required: ['email'] },
  additionalProperties: false,
};

const annotated = {
  type: 'object' as const,
  properties: {
    region: { type: 'string' as const, 'x-mcp-header': 'Region' },
    priority: { type: 'integer' as const, 'x-mcp-header': 'Priority' },
  },
};

/** Tools that are there for their schemas. */
function registerSchemas(server: McpServer): void {
  server.registerTool(
    'json_schema_2020_12_tool',
    { description: 'Tool with JSON Schema 2020-12 features', inputSchema: fromJsonSchema(draft) },
    () => ({ content: [text('done')] }),
  );
  server.registerTool(
    'test_x_mcp_header',
    {
      description: 'Wants an argument in a header.',
      inputSchema: fromJsonSchema(annotated),
    },
    () => ({ content: [text('done')] }),
  );
}

/** Without a session no answer can reach the server, which must not wait for one as long as it otherwise would. */
const LEGACY_ANSWER_MS = 1_000;

/** Tools that push requests to the client, which only the legacy protocol has. */
function registerAsking(server: McpServer): void {
  server.registerTool(
    'test_sampling',
    { description: 'Asks the model.', inputSchema: z.object({ prompt: z.string() }) },
    async ({ prompt }, { mcpReq }) => {
      const result = await mcpReq.requestSampling(
        { messages: [{ role: 'user', content: text(prompt) }], maxTokens: 100 },
        { timeout: LEGACY_ANSWER_MS },
      );
      return { content: [text(`LLM response: ${JSON.stringify(result.content)}`)] };
    },
  );
  server.registerTool(
    'test_elicitation',
    { description: 'Asks the person.', inputSchema: z.object({ message: z.string() }) },
    async ({ message }, { mcpReq }) => {
      const result = await mcpReq.elicitInput({
        message,
        requestedSchema: { type: 'object', properties: { username: { type: 'string' } } },
      });
      return { content: [text(`User response: ${JSON.stringify(result)}`)] };
    },
  );
}

export function registerTools(server: McpServer): void {
  registerContent(server);
  registerNotifying(server);
  registerSchemas(server);
  registerAsking(server);
}
