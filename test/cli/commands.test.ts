import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { signInHeadless } from '../../cli/headless-sign-in.ts';
import { holdClient } from '../../lambdas/access/clients/held-clients.ts';
import { catalogOf, policy, portal, server } from '../admin/administration.ts';
import { runCommand, runWithin, startCommand } from './run.ts';
import { type RunningDeployment, startRunningDeployment } from './running-deployment.ts';

jest.setTimeout(30_000);

let deployment: RunningDeployment;
let folder: string;
beforeAll(async () => {
  deployment = await startRunningDeployment();
  deployment.upstreams.set('https://hr.example.com/mcp', catalogOf('find_person', 'list_teams'));
  folder = await mkdtemp(join(tmpdir(), 'sallyport-cli-'));
});
afterAll(async () => {
  await deployment.close();
  await rm(folder, { recursive: true });
});

const environment = () => ({
  SALLYPORT_URL: deployment.origin,
  SALLYPORT_CONFIG_DIR: join(folder, 'config'),
});
const words = (args: string) => args.split(' ').filter(Boolean);
const run = (args: string, input = '') => runWithin(words(args), environment(), input);
/** In a process of its own, as people run it. */
const runAlone = (args: string, input = '') => runCommand(words(args), environment(), input);
const staff = policy('staff', { include: [{ emailDomain: 'example.com' }], message: 'Staff only.' });

/** What a running command says, as it says it. */
function childText(stream: Readable) {
  let said = '';
  stream.setEncoding('utf8');
  return {
    async until(pattern: RegExp): Promise<RegExpExecArray | null> {
      for await (const part of stream) {
        said += String(part);
        const found = pattern.exec(said);
        if (found) return found;
      }
      return null;
    },
  };
}

describe('before a sign-in', () => {
  it('says how to sign in', async () => {
    expect(await runAlone('get policies')).toEqual({
      code: 1,
      out: '',
      err: `You are not signed in to ${deployment.origin}. Run: sallyport login\n`,
    });
  });

  it('says when there is no deployment at the address', async () => {
    const { code, err } = await runAlone('login --person dana --url http://127.0.0.1:1');
    expect(code).toBe(1);
    expect(err).toContain('http://127.0.0.1:1 does not answer');
    expect(err).not.toContain('    at ');
  });
});

describe('sallyport login', () => {
  it('lets a person without a role see and end their own sessions, and nothing else', async () => {
    const { code, out } = await runAlone('login --person alice');
    expect([code, out]).toEqual([
      0,
      `Signed in to ${deployment.origin} as alice@example.com (no role: you may see and end your own sessions).\n`,
    ]);
    expect((await run('session list')).out).toContain('alice@example.com');
    const refused = await run('get portals');
    expect([refused.code, refused.err]).toEqual([
      1,
      expect.stringContaining('alice@example.com has no role'),
    ]);
    expect((await run('session revoke --mine')).code).toBe(0);
    expect((await run('whoami')).code).toBe(1);
    await run('logout');
  });

  it('names the people there are', async () => {
    const { code, err } = await run('login --person nobody');
    expect([code, err]).toEqual([
      1,
      'There is nobody called "nobody" here; there are: alice, bob, carol, dana.\n',
    ]);
  });

  it('signs an owner in and keeps the tokens for this user only', async () => {
    const { code, out } = await runAlone('login --person dana');
    expect([code, out]).toEqual([0, `Signed in to ${deployment.origin} as dana@example.com (owner).\n`]);
    const { mode } = await stat(join(folder, 'config', 'tokens.json'));
    expect(mode & 0o777).toBe(0o600);
    expect(await readdir(join(folder, 'config'))).toEqual(['tokens.json']);
  });

  it('is remembered by the next commands', async () => {
    const { out } = await run('whoami -o json');
    expect(JSON.parse(out)).toMatchObject({ person: { email: 'dana@example.com' }, role: 'owner' });
    expect((await run('whoami')).out).toMatch(
      /^PERSON +NAME +GROUPS +ROLE\ndana@example\.com +Dana Dyer +security +owner\n$/,
    );
  });
});

describe('sallyport apply', () => {
  it('takes several YAML documents from standard input', async () => {
    const documents = [staff, server('hr'), portal({ servers: ['hr'] })];
    const { code, out } = await runAlone(
      'apply -f -',
      documents.map((d) => JSON.stringify(d)).join('\n---\n'),
    );
    expect(code).toBe(0);
    expect(out.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
      ['KIND', 'ID', 'RESULT', 'VERSION', 'SYNC'],
      ['Policy', 'staff', 'created', '1', ''].filter(Boolean),
      ['Server', 'hr', 'created', '1', 'synced, 2 tools'],
      ['Portal', 'default', 'created', '1'],
      [''],
    ]);
  });

  it('applies what get printed without a change', async () => {
    const { out } = await run('get servers -o yaml');
    const again = await run('apply -f - -o json', out);
    expect(JSON.parse(again.out)).toEqual({
      items: [{ kind: 'Server', id: 'hr', result: 'unchanged', version: 1 }],
      next: null,
    });
  });

  it('names file, document and line of a fault', async () => {
    const file = join(folder, 'team.yaml');
    await writeFile(
      file,
      `apiVersion: sallyport/v1
kind: Policy
metadata: { id: fine }
spec: { action: allow, include: [{ everyone: true }] }
---
apiVersion: sallyport/v1
kind: Server
metadata:
  id: wiki
spec:
  title: Wiki
  slug: wiki
  url: https://wiki.example.com/mcp
  policies:
    - fine
    - missing
`,
    );
    const { code, out, err } = await run(`apply -f ${file}`);
    expect([code, out]).toEqual([1, '']);
    expect(err).toBe(
      `${file}, document 2, line 16: spec.policies[1]: there is no Policy "missing": create it first or send it along\n`,
    );
    expect((await run('get policy fine')).code).toBe(1);
  });

  it.each([
    ['YAML that is none', 'kind: Policy\nspec: [\n', 'standard input, line 3:'],
    ['a file without documents', '---\n', 'standard input has no documents.'],
    [
      'an unknown kind',
      'kind: Polices\n',
      'standard input, document 1, line 1: kind: unknown kind "Polices"; known kinds: Portal, Server, Policy',
    ],
  ])('refuses %s', async (_what, input, message) => {
    const { code, err } = await run('apply -f -', input);
    expect(code).toBe(1);
    expect(err).toContain(message);
  });

  it('is done, with a warning, when a server cannot be read', async () => {
    const { code, out, err } = await run('apply -f -', JSON.stringify(server('dark')));
    expect(code).toBe(0);
    expect(out).toContain('failed, 0 tools');
    expect(err).toBe('Server "dark" is applied but could not be read: dark.example.com does not answer.\n');
  });
});

describe('sallyport get and delete', () => {
  it('prints a list as items and next, nothing else', async () => {
    const list = JSON.parse((await run('get policies -o json')).out);
    expect(Object.keys(list)).toEqual(['items', 'next']);
    expect(list.items).toHaveLength(1);
    expect(list.next).toBeNull();
  });

  it('takes a kind in singular or plural', async () => {
    const one = await run('get server hr -o json');
    expect(JSON.parse(one.out)).toMatchObject({
      kind: 'Server',
      metadata: { id: 'hr' },
      status: { tools: 2 },
    });
    expect((await run('get servers hr -o json')).out).toBe(one.out);
  });

  it('keeps its tables within 100 columns', async () => {
    const long = { title: 'T'.repeat(100), url: `https://x.example.com/${'p'.repeat(300)}` };
    await run('apply -f -', JSON.stringify(server('long', { ...long, slug: 'long' })));
    const { out } = await run('get servers');
    expect(out).toContain('…');
    for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
  });

  it('deletes, and is told why it may not', async () => {
    expect(await run('delete server dark')).toMatchObject({ code: 0, out: 'Server "dark" is deleted.\n' });
    const { code, err } = await run('delete policy staff');
    expect(code).toBe(1);
    expect(err).toContain('Portal "default"');
    expect(await run('get server dark')).toMatchObject({ code: 1, err: 'There is no Server "dark".\n' });
  });

  it('syncs a server', async () => {
    deployment.upstreams.set('https://hr.example.com/mcp', catalogOf('find_person'));
    expect(await run('sync server hr')).toMatchObject({
      code: 0,
      out: 'Server "hr" has 1 tools, 0 prompts, 0 resources (modern).\n',
    });
    expect(await run('sync server long')).toMatchObject({ code: 1, err: 'x.example.com does not answer.\n' });
  });
});

describe('sallyport token', () => {
  it('prints an access token for the portal, got through consent', async () => {
    const { code, out } = await run('token --person alice');
    expect(code).toBe(0);
    const claims = JSON.parse(Buffer.from(out.split('.')[1] ?? '', 'base64url').toString());
    expect(claims).toMatchObject({ iss: deployment.origin, aud: `${deployment.origin}/mcp`, scope: 'mcp' });
  });

  it('prints the reason for somebody whom the portal refuses', async () => {
    const { code, out, err } = await run('token --person carol');
    expect([code, out]).toEqual([1, '']);
    expect(err).toMatch(/^The sign-in was refused: /);
  });
});

describe('sallyport audit list', () => {
  it('shows who did what, filtered', async () => {
    const { code, out } = await run('audit list --since 1h --person dana@example.com -o json');
    expect(code).toBe(0);
    const { items, next } = JSON.parse(out);
    expect(next).toBeNull();
    expect(items).toContainEqual(
      expect.objectContaining({ activity: 'create', document: { kind: 'Portal', id: 'default' } }),
    );
    expect(
      items.every((item: { person: { email: string } }) => item.person.email === 'dana@example.com'),
    ).toBe(true);
  });

  it('goes on where it ended', async () => {
    const first = JSON.parse((await run('audit list --since 1h --limit 2 -o json')).out);
    expect(first.items).toHaveLength(2);
    const more = JSON.parse((await run(`audit list --since 1h --limit 2 -o json --next ${first.next}`)).out);
    expect(more.items[0].id).not.toBe(first.items[1].id);
  });

  it('shows refused sign-ins with their reason in a table', async () => {
    const { out } = await run('audit list --since 1h --person carol@outside.test');
    expect(out).toMatch(/^TIME \(UTC\) +WHO +WHAT +ON +STATUS +REASON\n/);
    expect(out).toMatch(/carol@outside\.test +sign-in .* failure/);
    for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
  });
});

describe('a token that has expired', () => {
  const tokens = () => join(folder, 'config', 'tokens.json');
  const expire = async () => {
    const kept = await readFile(tokens(), 'utf8');
    await writeFile(tokens(), kept.replaceAll(/"expiresAt": \d+/g, '"expiresAt": 1'));
  };

  it('is renewed without a word, also by two commands at once', async () => {
    await expire();
    const before = deployment.requests.length;
    const runs = await Promise.all([runAlone('whoami -o json'), runAlone('whoami -o json')]);
    for (const { code, err } of runs) expect([code, err]).toEqual([0, '']);
    expect(deployment.requests.slice(before)).toContain('POST /oauth/token');
  });

  it('whose sign-in has ended leads back to login', async () => {
    await expire();
    await writeFile(
      tokens(),
      (await readFile(tokens(), 'utf8')).replaceAll(/"refreshToken": "[^"]+"/g, '"refreshToken": "gone"'),
    );
    expect(await run('whoami')).toMatchObject({
      code: 1,
      err: `You are not signed in to ${deployment.origin}. Run: sallyport login\n`,
    });
  });

  it('kept in a damaged file is said so', async () => {
    await writeFile(tokens(), '{');
    expect((await run('whoami')).err).toContain('tokens.json is damaged: delete it and sign in again.');
    await rm(tokens());
  });
});

describe('a sign-in with a browser', () => {
  it('ends at a loopback address, which takes the answer to this sign-in only', async () => {
    const child = startCommand(['login', '--no-browser'], environment());
    const [out, err] = [text(child.stdout), childText(child.stderr)];
    const [, address = ''] = (await err.until(/^ {2}(http\S+)$/m)) ?? [];
    const authorizationUrl = new URL(address);
    const redirectUri = authorizationUrl.searchParams.get('redirect_uri') ?? '';
    expect(redirectUri).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/callback$/);
    expect((await fetch(`${redirectUri}?code=forged&state=forged`)).status).toBe(400);
    const callback = await signInHeadless({ authorizationUrl, redirectUri, person: 'dana' });
    expect(await (await fetch(callback)).text()).toContain('Go back to the terminal');
    expect(await out).toContain('as dana@example.com (owner)');
  });
});

describe('sallyport session', () => {
  it('lists your own sign-ins, with their applications', async () => {
    const { code, out } = await run('session list');
    expect(code).toBe(0);
    expect(out).toMatch(/^ID +PERSON +DEVICE +ADDRESS +SIGNED IN \(UTC\) +APPLICATIONS\n/);
    expect(out).toContain('dana@example.com');
    expect(out).not.toContain('alice@example.com');
    expect(out).toContain('Sallyport command');
  });

  it('lists those of a person and of an application, and ends them', async () => {
    await run('token --person alice');
    const listed = async (filter: string): Promise<{ id: string; person: { email: string } }[]> =>
      JSON.parse((await run(`session list ${filter} -o json`)).out).items;
    const [alice] = await listed('--person alice@example.com');
    expect((await listed('--client sallyport-cli')).map(({ id }) => id)).toContain(alice?.id);
    expect(await run(`session revoke ${alice?.id}`)).toMatchObject({
      code: 0,
      out: 'Ended: 1 sign-in, 1 connection. What is open ends within a minute.\n',
    });
    expect((await listed('--person alice@example.com')).map(({ id }) => id)).not.toContain(alice?.id);
    expect((await run(`session revoke ${alice?.id}`)).err).toContain('it has ended already');
    expect((await run('session revoke --person alice@example.com')).code).toBe(0);
    expect(await listed('--person alice@example.com')).toEqual([]);
  });

  it.each([
    ['session revoke', 'Say what to end'],
    ['session revoke s_1 --person alice@example.com', 'Say what to end'],
    ['session revoke --person alice@example.com --client sallyport-cli', 'cannot be used with'],
    ['session list --mine --person alice@example.com', 'cannot be used with'],
    ['session', 'Usage: sallyport session'],
    ['session end', "unknown command 'end'"],
    ['session list --limit 0', 'Give a whole number from 1 to 10000.'],
  ])('takes no %s', async (command, why) => {
    const { code, err } = await run(command);
    expect([code, err]).toEqual([2, expect.stringContaining(why)]);
  });
});

describe('sallyport client', () => {
  it('lists what waits for a decision, and decides', async () => {
    expect(await run('client list --status held')).toMatchObject({
      code: 0,
      err: 'There are no such applications.\n',
    });
    await holdClient(deployment.identity, {
      client: 'client-1',
      name: 'Inspector',
      hosts: ['localhost'],
      redirectUris: ['http://localhost/callback'],
      askedBy: { id: 'p_alice', email: 'alice@example.com' },
    });
    expect((await run('client list')).out).toMatch(
      /^KEY +NAME +HOSTS +STATUS +ASKED BY .*\nclient-1 +Inspector +localhost +held +alice@example\.com/,
    );
    const approved = await run('client approve client-1');
    expect(approved.out).toBe('Inspector of localhost may connect now.\n');
    expect(approved.err).toContain('list the host under spec.clients.hosts');
    expect((await run('client deny client-1')).out).toContain(
      'Inspector of localhost may not connect any more',
    );
    const denied = JSON.parse((await run('client list --status denied -o json')).out);
    expect(denied.items).toEqual([
      expect.objectContaining({ key: 'client-1', decidedBy: 'dana@example.com' }),
    ]);
    expect(await run('client approve client-2')).toMatchObject({
      code: 1,
      err: expect.stringContaining('Nobody asked for an application "client-2"'),
    });
    expect((await run('client list --status waiting')).code).toBe(2);
    await holdClient(deployment.identity, {
      client: 'client-3',
      hosts: ['localhost'],
      redirectUris: ['http://localhost/callback'],
      askedBy: { id: 'p_alice', email: 'alice@example.com' },
    });
    const first = await run('client list --limit 1');
    expect(first.err).toMatch(/^There are more: --next \S+\n$/);
    const second = await run(`client list --limit 1 --next ${first.err.split('--next ')[1]?.trim()}`);
    expect([second.code, second.out]).toEqual([0, expect.stringContaining('client-3')]);
  });
});

describe('sallyport service-token', () => {
  it('makes a secret, shows it once, and ends it', async () => {
    await run(
      'apply -f -',
      JSON.stringify({
        apiVersion: 'sallyport/v1',
        kind: 'ServiceToken',
        metadata: { id: 'nightly' },
        spec: { title: 'Nightly report' },
      }),
    );
    const made = await run('service-token rotate nightly --keep-previous 0');
    expect([made.code, made.err]).toEqual([0, '']);
    expect(made.out).toMatch(
      /^Client id: service-nightly\nSecret: +\S{20,}\nExpires: +\d{4}-\d\d-\d\d .* UTC\n/,
    );
    expect(await run('service-token revoke nightly')).toMatchObject({
      code: 0,
      out: 'Service token "nightly" has no secret and no access token any more.\n',
    });
    expect(await run('service-token rotate missing')).toMatchObject({
      code: 1,
      out: '',
      err: 'There is no ServiceToken "missing".\n',
    });
  });

  it.each([
    ['service-token', 'Usage: sallyport service-token'],
    ['service-token rotate', "missing required argument 'id'"],
    ['service-token rotate nightly --keep-previous 169', 'Give whole hours from 0 to 168.'],
    ['service-token rotate nightly --keep-previous -1', 'Give whole hours from 0 to 168.'],
    ['service-token revoke nightly weekly', 'too many arguments'],
    ['client approve', "missing required argument 'key'"],
    ['client deny client-1 client-2', 'too many arguments'],
  ])('and client take no %s', async (command, why) => {
    const { code, out, err } = await run(command);
    expect([code, out, err]).toEqual([2, '', expect.stringContaining(why)]);
  });
});

describe('the end of a sign-in', () => {
  it('comes with logout, here and at the deployment', async () => {
    const tokens = await run('logout');
    expect(tokens).toMatchObject({ code: 0, out: `Signed out of ${deployment.origin}.\n` });
    expect((await run('whoami')).err).toContain('not signed in');
    expect(deployment.requests).toContain('POST /oauth/revoke');
    expect((await run('logout')).out).toContain('were not signed in');
  });

  it('comes everywhere at once with logout --everywhere', async () => {
    await run('login --person dana');
    const kept = await readFile(join(folder, 'config', 'tokens.json'));
    expect((await run('logout --everywhere')).out).toMatch(/^Ended: [1-9]\d* sign-in/);
    await writeFile(join(folder, 'config', 'tokens.json'), kept);
    expect((await run('whoami')).err).toContain('not signed in');
    expect((await run('logout')).code).toBe(0);
  });
});
