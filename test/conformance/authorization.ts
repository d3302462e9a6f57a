import * as z from 'zod';
import { signInHeadless } from '../../cli/headless-sign-in.ts';
import { listening } from '../fixtures/upstreams/listening.ts';
import type { Checks } from './judge.ts';
import { runSuite } from './suite.ts';

/** What the suite's command `authorization` runs. */
export const AUTHORIZATION_SCENARIOS = ['authorization-server-metadata-endpoint', 'authorization-code-grant'];

async function register(origin: string, redirectUri: string): Promise<string> {
  const response = await fetch(`${origin}/oauth/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ client_name: 'Conformance', redirect_uris: [redirectUri] }),
  });
  return z.object({ client_id: z.string() }).parse(await response.json()).client_id;
}

/** Signs in as a person would who opens the address that the suite prints, and goes back to the suite. */
async function signInFor(authorizationUrl: string, redirectUri: string): Promise<void> {
  const callback = await signInHeadless({
    authorizationUrl: new URL(authorizationUrl),
    redirectUri,
    person: 'alice',
  });
  await fetch(callback);
}

/** A port that nobody listens on; the suite listens there for the authorization response. */
async function freePort(): Promise<string> {
  const probe = await listening(() => undefined);
  await probe.close();
  return new URL(probe.url).port;
}

/** Runs the suite for authorization servers against a deployment, as a client that registered itself. */
export async function runAuthorization(origin: string): Promise<Map<string, Checks>> {
  const port = await freePort();
  const redirectUri = `http://127.0.0.1:${port}/callback`;
  const clientId = await register(origin, redirectUri);
  const failure = new AbortController();
  let opened = false;
  return runSuite({
    leg: 'authorization-server',
    parameters:
      `authorization --url ${origin} --client-id ${clientId} --resource ${origin}/mcp -p ${port}`.split(' '),
    signal: failure.signal,
    onOutput(output) {
      const printed = /^(http\S+\/oauth\/authorize\?\S+)\s/m.exec(output)?.[1];
      if (printed === undefined || opened) return;
      opened = true;
      signInFor(printed, redirectUri).catch((error: unknown) => failure.abort(error));
    },
  });
}
