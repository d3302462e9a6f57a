import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import {
  Client,
  ClientCredentialsProvider,
  StreamableHTTPClientTransport,
} from '@modelcontextprotocol/client';
import * as z from 'zod';
import type { TestCloud } from '../fixtures/cloud.ts';

/** A running deployment, and its command line with an owner signed in. */
export interface Administered {
  cloud: TestCloud;
  sallyport: (args: string, input?: string) => Promise<string>;
}

const document = (kind: string, id: string, spec: object) =>
  JSON.stringify({ apiVersion: 'sallyport/v1', kind, metadata: { id }, spec });
const allowed = (...include: object[]) => ({ action: 'allow', include });
const rotated = z.object({ clientId: z.string(), secret: z.string() });

/** Lets the service token in, which takes 15 seconds to hold: others may be at work meanwhile. */
export async function applyServiceToken({ sallyport }: Administered): Promise<void> {
  const documents = [
    document('ServiceToken', 'nightly', { title: 'Nightly report' }),
    document('Policy', 'staff', allowed({ emailDomain: 'example.com' }, { serviceToken: 'nightly' })),
  ];
  await sallyport('apply -f -', documents.join('\n---\n'));
}

async function connect(cloud: TestCloud, { clientId, secret }: z.output<typeof rotated>): Promise<Client> {
  const authProvider = new ClientCredentialsProvider({
    clientId,
    clientSecret: secret,
    expectedIssuer: cloud.origin,
  });
  const client = new Client({ name: 'nightly', version: '1' }, { versionNegotiation: { mode: 'auto' } });
  await client.connect(new StreamableHTTPClientTransport(new URL(cloud.mcpUrl), { authProvider }));
  return client;
}

/** A change of policies holds within 15 seconds. */
async function connectSoon(cloud: TestCloud, made: z.output<typeof rotated>): Promise<Client> {
  for (;;) {
    try {
      return await connect(cloud, made);
    } catch (error) {
      if (!String(error).includes('default deny')) throw error;
      await sleep(1_500);
    }
  }
}

/** What a service token may do, with the permissions that the functions of a deployment have. */
export function describeServiceTokens(administered: () => Administered): void {
  const sallyport = (args: string) => administered().sallyport(args);
  const rotate = async () =>
    rotated.parse(JSON.parse(await sallyport('service-token rotate nightly -o json')));

  it('uses what policies allow it, and is found in the audit', async () => {
    const client = await connectSoon(administered().cloud, await rotate());
    const names = (await client.listTools()).tools.map(({ name }) => name);
    expect(names).toContain('hr__find_employee');
    expect(names.some((name) => name.startsWith('everything__'))).toBe(false);
    const answer = await client.callTool({ name: 'hr__find_employee', arguments: { query: 'engineer' } });
    expect(answer.isError).not.toBe(true);
    await client.close();
    const audit = await sallyport('audit list --tool find_employee --since 1h');
    expect(audit).toContain('service token nightly');
  });

  it('is shown with the end of its secrets, and without the secrets', async () => {
    const { secret } = await rotate();
    const shown = await sallyport('get service-tokens');
    expect(shown).toMatch(/nightly +Nightly report +true +secret +\d{4}-\d\d-\d\d/);
    expect(await sallyport('get service-token nightly -o yaml')).not.toContain(secret);
  });

  it('has no access any more when its secrets are ended', async () => {
    const { cloud } = administered();
    const { clientId, secret } = await rotate();
    const ask = () =>
      fetch(`${cloud.origin}/oauth/token`, {
        method: 'POST',
        body: new URLSearchParams({
          grant_type: 'client_credentials',
          client_id: clientId,
          client_secret: secret,
        }),
      });
    const { access_token: token } = z.object({ access_token: z.string() }).parse(await (await ask()).json());
    await sallyport('service-token revoke nightly');
    expect((await ask()).status).toBe(401);
    // Nobody used this token before, so neither the gateway nor the relay has an answer in mind.
    const used = await fetch(cloud.mcpUrl, { method: 'POST', headers: { authorization: `Bearer ${token}` } });
    expect(used.status).toBe(401);
    const admin = await fetch(`${cloud.origin}/api/v1/me`, { headers: { authorization: `Bearer ${token}` } });
    expect(admin.status).toBe(401);
  });
}
