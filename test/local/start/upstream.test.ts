import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startUpstream } from '../../../local/start/child.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'upstream-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function start(source: string, port: number) {
  const module = join(folder, 'server.mjs');
  writeFileSync(module, source);
  return startUpstream('sample', module, port, join(folder, 'sample.log'));
}

const SERVER = `import { createServer } from 'node:http';
  console.log('starting');
  createServer((request, response) => response.end(JSON.stringify(process.env))).listen(process.env.PORT);`;

describe('a sample server', () => {
  it('listens on the loopback interface only, although it asks for every one', async () => {
    const port = await freePort();
    const server = await start(SERVER, port);
    try {
      expect((await fetch(`http://127.0.0.1:${port}`)).status).toBe(200);
      const others = Object.values(networkInterfaces())
        .flatMap((addresses) => addresses ?? [])
        .filter(({ internal, family }) => !internal && family === 'IPv4')
        .map(({ address }) => address);
      for (const host of [...others, '127.0.0.2'])
        await expect(fetch(`http://${host}:${port}`)).rejects.toThrow();
    } finally {
      await server.stop();
    }
    await expect(fetch(`http://127.0.0.1:${port}`)).rejects.toThrow();
    expect(readFileSync(join(folder, 'sample.log'), 'utf8')).toBe('starting\n');
  });

  it('sees nothing of the environment of the person who started it', async () => {
    const port = await freePort();
    process.env.SECRET_OF_THE_PARENT = 'must not leak';
    const server = await start(SERVER, port);
    delete process.env.SECRET_OF_THE_PARENT;
    const environment: unknown = await (await fetch(`http://127.0.0.1:${port}`)).json();
    await server.stop();
    expect(environment).toEqual({ PATH: process.env.PATH, PORT: String(port), NODE_CHANNEL_FD: undefined });
  });

  it('that ends is named, with the log that says why', async () => {
    await expect(start("throw new Error('no licence');", await freePort())).rejects.toThrow(
      `The sample server "sample" ended; ${join(folder, 'sample.log')} says why.`,
    );
    expect(readFileSync(join(folder, 'sample.log'), 'utf8')).toContain('no licence');
  });
});
