import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Client } from '@modelcontextprotocol/client';
import { personKey } from '../../../lambdas/access/sessions/people-store.ts';
import { personId } from '../../../lambdas/access/sessions/person.ts';
import { PEOPLE } from '../../../local/cognito/people.ts';
import { startCloud, type TestCloud } from '../../fixtures/cloud.ts';
import { tableOf } from '../administrator.ts';
import { Connection, readTokens } from '../connection.ts';
import { connectWith, listedWith, Owner, type Rules } from './listed-servers.ts';

jest.setTimeout(120_000);

const include = (...selectors: object[]) => ({ include: selectors });
const method = (method: string, within?: string) => ({
  authenticationMethod: { method, ...(within ? { within } : {}) },
});

const rules: Record<string, Rules> = {
  group: { passes: include({ group: 'engineering' }), fails: include({ group: 'sales' }) },
  claim: {
    passes: include({ claim: { name: 'department', value: 'Lyon' } }),
    fails: include({ claim: { name: 'department', value: 'Research, Lyon' } }),
  },
  'a claim that is not sent': {
    passes: include({ claim: { name: 'department', value: 'Research' } }),
    fails: { ...include({ everyone: true }), exclude: [{ claim: { name: 'clearance', value: 'none' } }] },
  },
  'login method': {
    passes: include({ loginMethod: 'corporate' }),
    fails: include({ loginMethod: 'cognito' }),
  },
  'authentication method': { passes: include(method('mfa')), fails: include(method('hwk')) },
  'its age': { passes: include(method('mfa', '1h')), fails: include(method('otp', '1h')) },
  host: { passes: include({ clientHost: 'localhost' }), fails: include({ clientHost: 'claude.ai' }) },
};
const names = Object.keys(rules);

let folder: string;
let cloud: TestCloud;
let owner: Owner;
let connection: Connection;
let alice: Client;
let refreshToken: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sallyport-sign-in-'));
  const embedded = {
    name: 'Sallyport-Embedded',
    owners: ['dana@example.com'],
    origin: 'http://127.0.0.1:8787',
    portals: ['default'],
    outgoingNetworks: ['127.0.0.0/8', '::1/128'],
    identityProviders: [
      {
        kind: 'saml',
        name: 'corporate',
        emailDomains: ['example.com'],
        metadataUrl: 'https://idp.example.com/metadata.xml',
        attributes: { groups: 'groups', authenticationMethods: 'amr' },
        claims: { department: 'department', clearance: 'clearance' },
      },
    ],
  };
  writeFileSync(join(folder, 'config.json'), JSON.stringify({ environments: { embedded } }));
  cloud = await startCloud({ parameters: ['--config', join(folder, 'config.json')] });
  owner = new Owner(cloud, folder);
  await owner.run('login --person dana');
  connection = await Connection.register(cloud.origin);
  const byClient: Rules = {
    passes: include({ client: connection.clientId }),
    fails: include({ client: 'another' }),
  };
  await owner.applyRules([...Object.values(rules), byClient]);
  const tokens = await connection.signIn('alice');
  refreshToken = tokens.refresh_token;
  alice = await connectWith(cloud, tokens.access_token);
}, 180_000);
afterAll(async () => {
  await alice?.close();
  await cloud?.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe('a real client of somebody whom an identity provider sent is shown and kept from servers by', () => {
  let listed: Set<string>;
  beforeAll(async () => {
    listed = await listedWith(alice, 'pass0');
  });

  it.each([...names, 'client'].map((name, index) => [name, index] as const))('%s', (_name, index) => {
    expect([listed.has(`pass${index}`), listed.has(`fail${index}`)]).toEqual([true, false]);
  });
});

describe('a change of the directory', () => {
  it('holds for requests within half a minute, and for what is refreshed', async () => {
    const identity = tableOf(cloud, 'Identity');
    const sub = PEOPLE.find(({ username }) => username === 'alice')?.sub ?? '';
    const key = personKey(personId('corporate', sub));
    const { pk, sk, ...person } = (await identity.get(key)) ?? key;
    expect(person).toMatchObject({ groups: ['engineering'] });
    await identity.put({ pk, sk, ...person, groups: ['sales'] });
    // By calls: the client keeps lists for a minute.
    const call = (slug: string) =>
      alice.callTool({ name: `${slug}__find_employee`, arguments: { query: 'bob' } });
    for (const deadline = Date.now() + 45_000; ; await sleep(1_000)) {
      const answered = await call('pass0').then(
        () => true,
        () => false,
      );
      if (!answered) break;
      expect(Date.now()).toBeLessThan(deadline);
    }
    expect((await call('fail0')).isError).not.toBe(true);
    await owner.apply([
      {
        apiVersion: 'sallyport/v1',
        kind: 'Policy',
        metadata: { id: 'staff' },
        spec: { action: 'allow', include: [{ email: 'dana@example.com' }, { group: 'engineering' }] },
      },
    ]);
    for (const deadline = Date.now() + 30_000; ; await sleep(1_000)) {
      const answer = await connection.refresh(refreshToken);
      if (answer.status !== 200) {
        expect(await answer.json()).toMatchObject({ error: 'invalid_grant' });
        break;
      }
      refreshToken = (await readTokens(answer)).refresh_token;
      expect(Date.now()).toBeLessThan(deadline);
    }
  });
});
