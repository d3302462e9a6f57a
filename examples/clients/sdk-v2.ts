import { Client, StreamableHTTPClientTransport, UnauthorizedError } from '@modelcontextprotocol/client';
import { main, report } from './command-line.ts';
import { SignIn } from './sign-in.ts';

await main(async (command) => {
  const authProvider = new SignIn('SDK v2 example', command.person, command.metadataUrl);
  const connect = async () => {
    const client = new Client({ name: 'sdk-v2', version: '1' }, { versionNegotiation: { mode: 'auto' } });
    const transport = new StreamableHTTPClientTransport(command.url, { authProvider });
    try {
      await client.connect(transport);
    } catch (error) {
      if (!(error instanceof UnauthorizedError)) throw error;
      await transport.finishAuth(authProvider.callbackParameters());
      return undefined;
    }
    return client;
  };
  const client = (await connect()) ?? (await connect());
  if (!client) throw new Error('The portal did not accept the token that it had just issued.');
  await report(client, command, client.getNegotiatedProtocolVersion() ?? 'unknown');
  await client.close();
});
