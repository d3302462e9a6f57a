import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { decodeJwt } from 'jose';
import * as z from 'zod';
import { policy } from '../admin/administration.ts';
import { runCommand } from '../cli/run.ts';
import { visiting } from '../console/visiting.ts';
import { Connection } from '../e2e/connection.ts';
import { startCloud, type TestCloud } from '../fixtures/cloud.ts';

/** What the documentation promises. */
const PROMISED_MS = 60_000;

let cloud: TestCloud;
const home = mkdtempSync(join(tmpdir(), 'sallyport-home-'));

async function sallyport(args: readonly string[], input = ''): Promise<string> {
  const environment = { SALLYPORT_URL: cloud.origin, SALLYPORT_CONFIG_DIR: home };
  const { code, out, err } = await runCommand(args, environment, input);
  if (code !== 0) throw new Error(`sallyport ${args.join(' ')} failed: ${err}`);
  return out;
}

beforeAll(async () => {
  cloud = await startCloud();
  await sallyport(['login', '--person', 'dana']);
  const bobToo = policy('engineering', { include: [{ group: 'engineering' }, { email: 'bob@example.com' }] });
  await sallyport(['apply', '-f', '-'], JSON.stringify(bobToo));
});
afterAll(async () => {
  await cloud.stop();
  rmSync(home, { recursive: true, force: true });
});

/** A connected application with a call under way that would go on for minutes. */
async function working(person: string) {
  const application = await Connection.register(cloud.origin);
  const tokens = await application.signIn(person);
  const { sid } = z.object({ sid: z.string() }).parse(decodeJwt(tokens.access_token));
  const post = (method: string, params: object = {}) =>
    fetch(cloud.mcpUrl, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        authorization: `Bearer ${tokens.access_token}`,
      },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
    });
  const long = await post('tools/call', {
    name: 'everything__trigger-long-running-operation',
    arguments: { duration: 230, steps: 115 },
    _meta: { progressToken: 'progress' },
  });
  expect(long.headers.get('content-type')).toContain('text/event-stream');
  const stream = long.body?.pipeThrough(new TextDecoderStream()).getReader();
  expect((await stream?.read())?.value).toContain('notifications/progress');

  /** Reads on to the end of the answer: its last words. */
  async function lastOfStream(): Promise<string> {
    let last = '';
    for (;;) {
      const read = await stream?.read();
      if (!read || read.done) return last;
      if (read.value.trim() !== '') last = read.value;
    }
  }

  /** Calls until the relay refuses, and on until the gateway does: only its refusal says where to sign in. */
  async function refused(): Promise<{ status: number; challenge: string }> {
    let seen = 200;
    for (;;) {
      const answer = await post('tools/list');
      const challenge = answer.headers.get('www-authenticate');
      if (answer.status !== 200 && challenge) return { status: answer.status, challenge };
      // Once refused, never let in again.
      expect(answer.status).toBeGreaterThanOrEqual(seen);
      seen = answer.status;
      await answer.text();
      await sleep(500);
    }
  }

  // Both the gateway and the relay have just seen this token, and will remember it.
  expect((await post('tools/list')).status).toBe(200);
  const refreshes = () => application.refresh(tokens.refresh_token);
  return { sid, client: application.clientId, refreshes, lastOfStream, refused };
}

const timed = async <T>(began: number, what: Promise<T>) => {
  const value = await what;
  return { value, inTime: Date.now() - began <= PROMISED_MS };
};

/** Ends a connection by the command line and watches everything that rested on it end. */
async function revoked(connection: Awaited<ReturnType<typeof working>>, ...target: string[]) {
  const began = Date.now();
  await sallyport(['session', 'revoke', ...target]);
  const refresh = await connection.refreshes();
  expect([refresh.status, await refresh.json()]).toEqual([
    400,
    expect.objectContaining({ error: 'invalid_grant' }),
  ]);
  const [stream, call] = await Promise.all([
    timed(began, connection.lastOfStream()),
    timed(began, connection.refused()),
  ]);
  return {
    stream: { inTime: stream.inTime, message: JSON.parse(stream.value.replace(/^[^{]*/, '')) as unknown },
    call: { inTime: call.inTime, ...call.value },
  };
}

it('a revocation ends open streams, calls and refreshes within a minute', async () => {
  const [signIn, application, person, other] = [
    await working('alice'),
    await working('alice'),
    await working('bob'),
    await working('alice'),
  ];
  const listed = await sallyport(['session', 'list', '--person', 'alice@example.com']);
  expect(listed).toContain(signIn.sid);

  const ended = await Promise.all([
    revoked(signIn, signIn.sid),
    revoked(application, '--client', application.client),
    revoked(person, '--person', 'bob@example.com'),
  ]);
  for (const one of ended)
    expect(one).toEqual({
      stream: {
        inTime: true,
        message: {
          jsonrpc: '2.0',
          id: 1,
          error: expect.objectContaining({ code: 401, message: expect.stringMatching(/again/) }),
        },
      },
      call: { inTime: true, status: 401, challenge: expect.stringContaining('error="invalid_token"') },
    });
  expect((await other.refreshes()).status).toBe(200);
});

it('a person sees and ends their sign-ins on the portal’s page, within what its role may do', async () => {
  const { get, signIn, press } = visiting(() => cloud.origin);
  const [laptop, phone] = [await signIn('alice'), await signIn('alice')];
  const { body } = await get('/', { cookie: laptop });
  const sid = /name="session" value="([^"]+)"/.exec(body)?.[1] ?? '';
  const [one, everywhere] = [{ session: sid }, { everywhere: 'true' }];
  expect((await press(phone, '/console/sessions/end', one)).response.status).toBe(303);
  const open = (await get('/', { cookie: laptop })).body.includes('Your sessions') ? laptop : phone;
  const { response } = await press(open, '/console/sessions/end', everywhere);
  expect([response.status, response.headers.get('location')]).toEqual([303, '/?signed-out']);
  for (const cookie of [laptop, phone])
    expect((await get('/', { cookie })).body).toContain('href="/console/sign-in"');
  const audit = await sallyport(['audit', 'list', '--person', 'alice@example.com', '--limit', '3']);
  expect(audit).toContain('sign-out');
});

it('an administrator signs out everywhere', async () => {
  expect(await sallyport(['session', 'list', '--mine'])).toContain('dana@example.com');
  expect(await sallyport(['logout', '--everywhere'])).toMatch(/^Ended: [1-9]/);
  await expect(sallyport(['whoami'])).rejects.toThrow('not signed in');
});
