import { Client, StreamableHTTPClientTransport, UnauthorizedError } from '@modelcontextprotocol/client';
import { SignIn } from '../../examples/clients/sign-in.ts';
import type { Person } from './person.ts';

/** An MCP client's sign-in whose person is one of the deployment's user pool. */
class PersonsSignIn extends SignIn {
  readonly #person: Person;
  #answer: URL | undefined;

  constructor(person: Person) {
    super('Deployed portal', person.email);
    this.#person = person;
  }

  override async redirectToAuthorization(url: URL): Promise<void> {
    this.#answer = await this.#person.visit(url, new URL(this.redirectUrl));
  }

  override callbackParameters(): URLSearchParams {
    const { searchParams } = this.#answer ?? new URL(this.redirectUrl);
    if (!searchParams.has('error')) return searchParams;
    throw new Error(`${searchParams.get('error')}: ${searchParams.get('error_description')}`);
  }
}

export interface ConnectedClient {
  listTools(): Promise<string[]>;
  call(name: string, parameters: Record<string, unknown>): Promise<unknown>;
  close(): Promise<void>;
}

/** An MCP client, signed in as it does by itself: discovery, registration, code, token. */
export async function connect(origin: string, person: Person): Promise<ConnectedClient> {
  const authProvider = new PersonsSignIn(person);
  const attempt = async () => {
    const client = new Client(
      { name: 'deploy-test', version: '1' },
      { versionNegotiation: { mode: 'auto' } },
    );
    const transport = new StreamableHTTPClientTransport(new URL('/mcp', origin), { authProvider });
    try {
      await client.connect(transport);
      return client;
    } catch (error) {
      if (!(error instanceof UnauthorizedError)) throw error;
      await transport.finishAuth(authProvider.callbackParameters());
      return undefined;
    }
  };
  const client = (await attempt()) ?? (await attempt());
  if (!client) throw new Error('The portal did not accept the token that it had just issued.');
  return {
    listTools: async () => (await client.listTools()).tools.map(({ name }) => name),
    call: async (name, parameters) => client.callTool({ name, arguments: parameters }),
    close: () => client.close(),
  };
}
