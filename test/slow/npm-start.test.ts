import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';

const PORT = 26_900;

it('the embedded cloud ends with the npm that started it, which passes no signal on', async () => {
  const data = mkdtempSync(join(tmpdir(), 'sallyport-npm-'));
  const npm = spawn('npm', ['start', '--', '--port', String(PORT), '--data', data, '--no-demo'], {
    cwd: join(import.meta.dirname, '../..'),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  for await (const text of npm.stdout) {
    printed += String(text);
    if (/^ready /m.test(printed)) break;
  }
  const home = () => fetch(`http://127.0.0.1:${PORT}/`).then(({ status }) => status);
  expect(await home()).toBe(200);
  npm.kill('SIGTERM');
  if (npm.exitCode === null && npm.signalCode === null) await once(npm, 'exit');
  while (await home().catch(() => undefined)) await new Promise((resolve) => setTimeout(resolve, 100));
  rmSync(data, { recursive: true, force: true, maxRetries: 10 });
});
