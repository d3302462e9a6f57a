import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FunctionView } from '../../../local/functions/function-environment.ts';
import { FunctionHost } from '../../../local/functions/function-host.ts';

interface Options {
  timeoutSeconds?: number;
  concurrency?: number;
}

export interface RunningFunctions extends AsyncDisposable {
  host: FunctionHost;
  /** Invokes and reads the whole answer. */
  call(name: string, event?: unknown): Promise<string>;
  log(name: string): string;
}

/** Runs functions given by name and source code in the real function host. */
export async function runFunctions(
  sources: Readonly<Record<string, string>>,
  options: Options = {},
): Promise<RunningFunctions> {
  const folder = mkdtempSync(join(tmpdir(), 'functions-'));
  const functions = Object.entries(sources).map(([name, source]): FunctionView => {
    const codeFolder = join(folder, 'code', name);
    mkdirSync(codeFolder, { recursive: true });
    writeFileSync(join(codeFolder, 'index.mjs'), source);
    return {
      logicalId: name,
      name,
      arn: `arn:aws:lambda:us-east-1:000000000000:function:${name}`,
      codeFolder,
      handler: 'index.handler',
      environment: { GREETING: 'hello' },
      timeoutSeconds: options.timeoutSeconds ?? 10,
      memorySize: 512,
      role: `${name}Role`,
      logGroup: `/log/${name}`,
    };
  });
  const host = await FunctionHost.start({
    functions,
    region: 'us-east-1',
    endpoints: { DYNAMODB: 'http://127.0.0.1:1' },
    dataFolder: folder,
    ...(options.concurrency ? { concurrency: options.concurrency } : {}),
  });
  return {
    host,
    async call(name, event = {}) {
      const answer = await host.invoke(name, JSON.stringify(event));
      return Buffer.concat(await answer.toArray()).toString();
    },
    log: (name) => readFileSync(join(folder, 'logs', `${name}.log`), 'utf8'),
    async [Symbol.asyncDispose]() {
      await host.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
