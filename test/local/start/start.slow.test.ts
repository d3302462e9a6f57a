import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { runStart, startCloud, type TestCloud } from '../../fixtures/cloud.ts';

jest.setTimeout(60_000);

/** Every process below this one. */
function descendants(ancestor: number): number[] {
  const table = execFileSync('ps', ['-eo', 'pid=,ppid='], { encoding: 'utf8' });
  const parents = table
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number));
  const below = (of: number): number[] =>
    parents.filter(([, parent]) => parent === of).flatMap(([pid = 0]) => [pid, ...below(pid)]);
  return below(ancestor);
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

const keyId = async (cloud: { origin: string }): Promise<string> => {
  const keys = JSON.parse(await (await fetch(`${cloud.origin}/oauth/jwks`)).text());
  return String(keys.keys[0].kid);
};

describe('npm start', () => {
  let cloud: TestCloud;
  beforeAll(async () => {
    cloud = await startCloud({ demo: false });
  });
  afterAll(async () => cloud.stop());

  it('says what runs, who the people are and how to connect, and ends with the line "ready"', () => {
    expect(cloud.output()).toContain(`Portal                ${cloud.mcpUrl}`);
    for (const person of ['alice', 'bob', 'carol', 'dana']) expect(cloud.output()).toContain(`  ${person}  `);
    expect(cloud.output()).toContain(`claude mcp add --transport http sallyport ${cloud.mcpUrl}`);
    expect(cloud.output().trim().split('\n').at(-1)).toBe(`ready ${cloud.mcpUrl}`);
  });

  it('serves the template: metadata, the challenge of the MCP route, and nothing at other addresses', async () => {
    const metadata = await fetch(`${cloud.origin}/.well-known/oauth-authorization-server`);
    expect(await metadata.json()).toMatchObject({ issuer: cloud.origin });
    const challenge = await fetch(cloud.mcpUrl, { method: 'POST', body: '{}' });
    expect(challenge.status).toBe(401);
    expect(challenge.headers.get('www-authenticate')).toContain(
      `resource_metadata="${cloud.origin}/.well-known/oauth-protected-resource/mcp"`,
    );
    expect((await fetch(`${cloud.origin}/nowhere`)).status).toBe(404);
  });

  it('leaves no process behind, keeps its data over a restart and begins anew with --fresh', async () => {
    const parameters = ['--port', String(cloud.port), '--data', cloud.dataFolder, '--no-demo'];
    const before = await keyId(cloud);
    const below = descendants(cloud.process.pid ?? 0);
    expect(below.length).toBeGreaterThan(1);
    const silent = connect(cloud.port, '127.0.0.1');
    await once(silent, 'connect');
    cloud.process.kill('SIGINT');
    await once(cloud.process, 'close');
    expect(cloud.process.exitCode).toBe(0);
    expect(below.filter(isRunning)).toEqual([]);
    silent.destroy();

    const again = runStart(parameters);
    expect(await again.ready).toBe(true);
    expect(await keyId(cloud)).toBe(before);
    const orphans = descendants(again.process.pid ?? 0);
    await again.end('SIGKILL');
    for (let i = 0; i < 100 && orphans.some(isRunning); i += 1) await sleep(50);
    expect(orphans.filter(isRunning)).toEqual([]);

    const fresh = runStart([...parameters, '--fresh']);
    expect(await fresh.ready).toBe(true);
    expect(await keyId(cloud)).not.toBe(before);
    expect(await fresh.end('SIGTERM')).toBe(0);
  });
});

describe('npm start refuses', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'refused-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('an unknown option with its usage', async () => {
    const started = runStart(['--colour']);
    expect(await started.exited).toBe(2);
    expect(started.output()).toContain('--colour');
    expect(started.output()).toContain('Usage: npm start');
  });

  it.each([0, 5])(
    'a port that is taken, in one line, before it touches anything (%s after the first)',
    async (offset) => {
      // Below the ports that the system hands out to others.
      const first = 24_900 + 10 * Number(process.env.JEST_WORKER_ID ?? 0);
      const port = first + offset;
      const other = createServer().listen(port, '127.0.0.1');
      await once(other, 'listening');
      const started = runStart(['--port', String(first), '--data', folder]);
      expect(await started.exited).toBe(1);
      expect(started.output()).toMatch(new RegExp(`^Port ${port}, for .*, is taken .*--port\\.\n$`));
      expect(readdirSync(folder)).toEqual([]);
      await new Promise((resolve) => other.close(resolve));
    },
  );

  it('a folder that cannot be one, in one line', async () => {
    const started = runStart(['--port', '24800', '--data', '/dev/null/data']);
    expect(await started.exited).toBe(1);
    expect(started.output()).toMatch(/^The data folder \/dev\/null\/data cannot be read and written .*\n$/);
  });
});
