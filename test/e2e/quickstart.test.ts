import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as z from 'zod';
import { startCloud, type TestCloud } from '../fixtures/cloud.ts';
import { type GuideStep, missingLines, readSteps } from './guide.ts';

const root = join(import.meta.dirname, '../..');
const steps = readSteps(readFileSync(join(root, 'docs/guide/quickstart.md'), 'utf8'));
const home = mkdtempSync(join(tmpdir(), 'sallyport-home-'));
let cloud: TestCloud;

interface Result {
  code: number | null;
  output: string;
}

const { scripts } = z
  .object({ scripts: z.record(z.string(), z.string()) })
  .parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')));

/** What npm would run: starting npm itself takes longer than most of the commands. */
const withoutNpm = (command: string): string =>
  command.replace(/^npm run --silent (\S+)(?: --)?/, (whole, name: string) => scripts[name] ?? whole);

/** Runs a command as somebody does who follows the guide in a shell. */
async function run(command: string): Promise<Result> {
  const env = {
    ...process.env,
    HOME: home,
    NODE_COMPILE_CACHE: join(tmpdir(), 'sallyport-compiled'),
    XDG_CONFIG_HOME: home,
    SALLYPORT_URL: cloud.origin,
  };
  const shell = spawn('sh', ['-c', command], { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const read = (text: Buffer) => {
    output += text;
  };
  shell.stdout.on('data', read);
  shell.stderr.on('data', read);
  const [code]: (number | null)[] = await once(shell, 'close');
  return { code: code ?? null, output };
}

const asShown = (step: GuideStep, { code, output }: Result): boolean =>
  (code === 0) !== step.fails && missingLines(step.output, output).length === 0;

async function follow(step: GuideStep): Promise<Result> {
  const until = Date.now() + step.patience * 1000;
  for (;;) {
    const result = await run(step === steps[0] ? step.command : withoutNpm(step.command));
    if (asShown(step, result) || Date.now() >= until) return result;
    await sleep(2_000);
  }
}

beforeAll(async () => {
  cloud = await startCloud();
}, 60_000);

afterAll(async () => {
  await cloud.stop();
  rmSync(home, { recursive: true, force: true });
});

describe('the quickstart', () => {
  it('has commands for both SDK generations, the administration and the audit', () => {
    const commands = steps.map((step) => step.command).join('\n');
    for (const part of ['sdk-v2', 'sdk-v1', '--person carol', 'apply -f', 'audit list']) {
      expect(commands).toContain(part);
    }
  });

  it.each(steps.map((step) => ({ ...step, name: `line ${step.line}: ${step.command}` })))(
    '$name',
    async (step) => {
      const result = await follow(step);
      expect({ ...result, missing: missingLines(step.output, result.output) }).toEqual({
        code: step.fails ? 1 : 0,
        output: expect.any(String),
        missing: [],
      });
    },
    40_000,
  );
});
