import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Connection, readTokens } from '../e2e/connection.ts';
import { runStart, type StartedProcess, startCloud, type TestCloud } from '../fixtures/cloud.ts';

const { fetch: send } = globalThis;
let cloud: TestCloud;
let running: StartedProcess | undefined;
let restarts = 0;

async function killEverything(): Promise<void> {
  const child = running?.process ?? cloud.process;
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

/** Starts again on the same port and data; a port that an ending process still holds is waited for. */
async function startAgain(): Promise<void> {
  for (;;) {
    running = runStart(['--port', String(cloud.port), '--data', cloud.dataFolder]);
    if (await running.ready) return;
    if (!running.output().includes('is taken')) throw new Error(running.output());
    await sleep(50);
  }
}

/** Sends nothing to a process that has answered before: all of them are killed and started between two requests. */
async function sendAfterRestart(...request: Parameters<typeof fetch>): Promise<Response> {
  await killEverything();
  await startAgain();
  restarts += 1;
  return send(...request);
}

beforeAll(async () => {
  cloud = await startCloud();
  globalThis.fetch = sendAfterRestart;
});
afterAll(async () => {
  globalThis.fetch = send;
  await killEverything();
  await cloud.stop();
});

async function listTools(token: string): Promise<string> {
  const response = await fetch(cloud.mcpUrl, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      authorization: `Bearer ${token}`,
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' }),
  });
  return response.text();
}

describe('a sign-in while every process is restarted before every request', () => {
  it('goes on to the tools, and to a refreshed token', async () => {
    const metadata = await fetch(`${cloud.origin}/.well-known/oauth-authorization-server`);
    expect(metadata.status).toBe(200);
    const client = await Connection.register(cloud.origin);
    const code = (await client.authorize('alice')).get('code') ?? '';
    const first = await readTokens(await client.redeem(code));
    expect(await listTools(first.access_token)).toContain('hr__find_employee');
    const second = await readTokens(await client.refresh(first.refresh_token));
    expect(await listTools(second.access_token)).toContain('hr__find_employee');
    // Metadata, registration, redemption, refresh, two lists; the rest are the browser's.
    expect(restarts).toBeGreaterThan(6 + 6);
  });
});
