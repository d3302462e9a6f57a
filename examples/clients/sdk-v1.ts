import { UnauthorizedError } from '@modelcontextprotocol/sdk/client/auth.js';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { main, report } from './command-line.ts';
import { SignIn } from './sign-in.ts';

await main(async (command) => {
  const authProvider = new SignIn('SDK v1 example', command.person, command.metadataUrl);
  const connect = async () => {
    const client = new Client({ name: 'sdk-v1', version: '1' });
    const transport = new StreamableHTTPClientTransport(command.url, { authProvider });
    try {
      await client.connect(transport);
    } catch (error) {
      if (!(error instanceof UnauthorizedError)) throw error;
      await transport.finishAuth(authProvider.callbackParameters().get('code') ?? '');
      return undefined;
    }
    return { client, protocol: transport.protocolVersion ?? 'unknown' };
  };
  const connected = (await connect()) ?? (await connect());
  if (!connected) throw new Error('The portal did not accept the token that it had just issued.');
  await report(connected.client, command, connected.protocol);
  await connected.client.close();
});
