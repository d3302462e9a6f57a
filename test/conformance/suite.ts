import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import * as z from 'zod';
import type { Checks } from './judge.ts';

const PACKAGE = join(
  dirname(fileURLToPath(import.meta.resolve('@modelcontextprotocol/conformance/package.json'))),
);

const checksFile = z.array(z.looseObject({ id: z.string(), status: z.string() }));
const requirements = z.object({ server: z.array(z.string()).min(1) });

/** The scenarios that a revision requires of servers, as the suite's package has them. */
export function requiredOf(revision: string): readonly string[] {
  const text = readFileSync(join(PACKAGE, 'requirements', `${revision}.yaml`), 'utf8');
  return requirements.parse(parse(text)).server;
}

/** `server-tools-list-2026-07-28T10-00-00-000Z` is the scenario `tools-list` of the leg `server`. */
const scenarioOf = (folder: string, leg: string): string =>
  folder.slice(leg.length + 1).replace(/-\d{4}-\d{2}-\d{2}T[\d-]+Z$/, '');

function readResults(folder: string, leg: string): Map<string, Checks> {
  const files = globSync('*/checks.json', { cwd: folder });
  return new Map(
    files.map((file) => [
      scenarioOf(dirname(file), leg),
      checksFile.parse(JSON.parse(readFileSync(join(folder, file), 'utf8'))),
    ]),
  );
}

export interface SuiteRun {
  /** `authorization-server` is what the suite calls the results of `authorization`. */
  leg: 'server' | 'authorization-server';
  parameters: readonly string[];
  /** Called with everything that was printed so far, whenever there is more. */
  onOutput?: (output: string) => void;
  /** Ends the run, which then throws the signal's reason. */
  signal?: AbortSignal;
}

/**
 * Runs the suite and reads its results from the files it writes.
 * @returns the checks by scenario.
 * @throws Error with what it printed when it crashed: it ends with 0 or, if something failed, with 1.
 */
export async function runSuite({
  leg,
  parameters,
  onOutput,
  signal,
}: SuiteRun): Promise<Map<string, Checks>> {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-conformance-'));
  const command = [join(PACKAGE, 'dist/index.js'), ...parameters, '-o', folder];
  const suite = spawn(process.execPath, command, { stdio: ['ignore', 'pipe', 'pipe'], signal });
  let output = '';
  const take = (chunk: Buffer) => {
    output += chunk.toString();
    onOutput?.(output);
  };
  suite.stdout.on('data', take);
  suite.stderr.on('data', take);
  try {
    await once(suite, 'close');
    const results = readResults(folder, leg);
    const failed = [...results.values()].flat().some(({ status }) => status === 'FAILURE');
    const ended = suite.exitCode === 0 || (suite.exitCode === 1 && failed);
    if (!ended || results.size === 0)
      throw new Error(`The suite ended with ${suite.exitCode ?? suite.signalCode}:\n${output}`);
    return results;
  } catch (error) {
    throw signal?.aborted ? signal.reason : error;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
