import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createGuardedFetch } from '../../lambdas/access/guarded-fetch.ts';
import { createOutgoing } from '../../lambdas/shared/outgoing.ts';

const LIMIT = 5 * 1024;
const answers: Record<string, RequestListener> = {
  '/fine': (request, response) => {
    response.writeHead(200, {
      'content-type': 'application/json',
      'x-seen': JSON.stringify(request.headers),
    });
    response.end('{"answer":42}');
  },
  '/echo': (request, response) => void request.pipe(response),
  '/empty': (_request, response) => void response.writeHead(204).end(),
  '/redirect': (_request, response) => void response.writeHead(302, { location: '/fine' }).end(),
  '/declared': (_request, response) => {
    response.writeHead(200, { 'content-length': String(LIMIT + 1) });
    response.write('x');
  },
  '/endless': (_request, response) => {
    const more = () => {
      while (!response.destroyed && response.write('x'.repeat(1024)));
    };
    response.on('drain', more);
    more();
  },
  '/bomb': (_request, response) => {
    response.writeHead(200, { 'content-encoding': 'gzip' });
    response.end(gzipSync(Buffer.alloc(1_000_000)));
  },
  '/slow-headers': () => {},
  '/slow-body': (_request, response) => void response.writeHead(200).write('x'),
};

let server: Server;
let origin: string;
let connections = 0;
beforeAll(async () => {
  server = createServer((request, response) => answers[request.url ?? '']?.(request, response))
    .on('connection', () => {
      connections += 1;
    })
    .listen(0, '127.0.0.1');
  await once(server, 'listening');
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
});

const fetched = createGuardedFetch(createOutgoing(['127.0.0.0/8']), { mostBytes: LIMIT, timeoutMs: 150 });
const unhurried = createGuardedFetch(createOutgoing(['127.0.0.0/8']), {
  mostBytes: LIMIT,
  timeoutMs: 10_000,
});

describe('a guarded fetch', () => {
  it('answers as fetch does, and asks for nothing compressed', async () => {
    const response = await unhurried(`${origin}/fine`, { headers: { accept: 'application/json' } });
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/json']);
    expect(await response.json()).toEqual({ answer: 42 });
    const seen = JSON.parse(response.headers.get('x-seen') ?? '');
    expect(seen).toMatchObject({ 'accept-encoding': 'identity', accept: 'application/json' });
  });

  it('posts a form, and takes an answer without a body', async () => {
    const body = new URLSearchParams({ logout_token: 'a b' });
    expect(await (await unhurried(`${origin}/echo`, { method: 'POST', body })).text()).toBe(
      'logout_token=a+b',
    );
    expect((await unhurried(`${origin}/empty`)).status).toBe(204);
  });

  it('keeps no connection to an address that somebody named', async () => {
    const before = connections;
    await unhurried(`${origin}/fine`);
    await unhurried(`${origin}/fine`);
    expect(connections - before).toBe(2);
  });

  it.each([
    ['a redirect', '/redirect', 'outgoing_redirected'],
    ['a body that is declared too large', '/declared', 'outgoing_too_large'],
    ['a body that does not end', '/endless', 'outgoing_too_large'],
    ['a body that would unpack to more', '/bomb', 'outgoing_encoded'],
  ])('refuses %s', async (_what, path, code) => {
    await expect(unhurried(origin + path)).rejects.toMatchObject({ code });
  });

  it.each(['/slow-headers', '/slow-body'])('does not wait longer than it may for %s', async (path) => {
    await expect(fetched(origin + path)).rejects.toMatchObject({ name: expect.stringMatching(/Error$/) });
  });

  it('stops when its caller does', async () => {
    const signal = AbortSignal.abort(new Error('the caller left'));
    await expect(unhurried(`${origin}/slow-headers`, { signal })).rejects.toThrow();
  });

  it('goes through the guard', async () => {
    const closed = createGuardedFetch(createOutgoing([]), { mostBytes: LIMIT, timeoutMs: 10_000 });
    await expect(closed(`${origin}/fine`)).rejects.toMatchObject({ code: 'outgoing_forbidden' });
    await expect(closed('https://localhost/')).rejects.toMatchObject({ code: 'outgoing_forbidden' });
  });
});
