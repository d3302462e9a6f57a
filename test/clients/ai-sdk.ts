import { auth, createMCPClient, type OAuthClientProvider } from '@ai-sdk/mcp';
import * as z from 'zod';
import { SignIn } from '../../examples/clients/sign-in.ts';
import { type Client, QUERY, type Seen, TOOL, type Trip } from './client.ts';

const content = z.object({ content: z.array(z.object({ text: z.string() })) });

async function connect({ cloud, person }: Trip): Promise<Seen> {
  const signIn = new SignIn('AI SDK', person);
  const authProvider: OAuthClientProvider = signIn;
  await auth(authProvider, { serverUrl: cloud.mcpUrl });
  const answer = signIn.callbackParameters();
  await auth(authProvider, {
    serverUrl: cloud.mcpUrl,
    authorizationCode: answer.get('code') ?? '',
    callbackState: answer.get('state') ?? '',
    callbackIssuer: answer.get('iss') ?? '',
  });
  const client = await createMCPClient({ transport: { type: 'http', url: cloud.mcpUrl, authProvider } });
  try {
    const tools = await client.tools();
    const result: unknown = await tools[TOOL]?.execute(
      { query: QUERY },
      { messages: [], toolCallId: '1', context: {} },
    );
    const text = content.parse(result).content.map((block) => block.text);
    return { tools: Object.keys(tools), answer: text.join('') };
  } finally {
    await client.close();
  }
}

export const aiSdks: readonly Client[] = [{ name: 'AI SDK with its OAuth provider', connect }];
