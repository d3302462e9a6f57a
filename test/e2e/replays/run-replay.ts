import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { expect } from '@jest/globals';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import * as z from 'zod';
import { signInHeadless } from '../../../cli/headless-sign-in.ts';
import type { Ask, Replay, Visit } from './replay.ts';

type Values = Map<string, string>;
const object = z.record(z.string(), z.unknown());

/** Puts the values in for `{name}`, everywhere in a text or in JSON. */
function fill<Value>(value: Value, values: Values): Value {
  const text = JSON.stringify(value).replace(/\{([a-z_]+)\}/g, (_whole, name: string) => {
    const known = values.get(name);
    if (known === undefined) throw new Error(`{${name}} is not known at this step.`);
    return JSON.stringify(known).slice(1, -1);
  });
  return JSON.parse(text);
}

/** An expected answer, with what cannot be written as JSON. */
function matcher(answer: unknown): unknown {
  if (answer === '{some tools}')
    return expect.arrayContaining([expect.objectContaining({ name: 'hr__find_employee' })]);
  if (answer === '{a number}') return expect.any(Number);
  if (typeof answer !== 'object' || answer === null || Array.isArray(answer)) return answer;
  return Object.fromEntries(Object.entries(answer).map(([name, value]) => [name, matcher(value)]));
}

async function send(step: Ask, values: Values): Promise<void> {
  const { ask, headers, json, form, status, answerHeaders = {}, answer, keep = [] } = fill(step, values);
  const [method = '', path = ''] = ask.split(' ');
  const response = await fetch(`${values.get('origin')}${path}`, {
    method,
    redirect: 'manual',
    headers: { ...headers, ...(json === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(json === undefined ? {} : { body: JSON.stringify(json) }),
    ...(form === undefined ? {} : { body: new URLSearchParams(form) }),
  });
  const text = await response.text();
  expect({ ask, status: response.status, text }).toEqual({ ask, status, text });
  for (const [name, value] of Object.entries(answerHeaders)) {
    const given = response.headers.get(name)?.replace(/; charset=utf-8$/, '');
    expect({ ask, [name]: given }).toEqual({ ask, [name]: value });
  }
  if (answer) expect(JSON.parse(text)).toMatchObject(object.parse(matcher(answer)));
  if (keep.length === 0) return;
  const body = object.parse(JSON.parse(text));
  for (const name of keep) values.set(name, z.string().parse(body[name]));
}

async function visit(step: Visit, values: Values): Promise<void> {
  const parameters = fill(step.authorize, values);
  const authorizationUrl = new URL(`${values.get('origin')}/oauth/authorize`);
  authorizationUrl.search = new URLSearchParams(parameters).toString();
  const redirectUri = parameters.redirect_uri ?? '';
  const { searchParams, href } = await signInHeadless({ authorizationUrl, redirectUri, person: 'alice' });
  expect(href).toMatch(/[?&]code=/);
  expect(searchParams.get('state')).toBe(values.get('state'));
  expect(searchParams.get('iss')).toBe(values.get('origin'));
  values.set('code', searchParams.get('code') ?? '');
}

interface Publication extends AsyncDisposable {
  documentUrl: string;
  /** An assertion signed with the client's key (RFC 7523), for once. */
  assertion(audience: string): Promise<string>;
}

/** Serves the client's metadata document and its public key, as its maker does. */
async function publish(document: Record<string, unknown>): Promise<Publication> {
  const { privateKey, publicKey } = await generateKeyPair('RS256');
  const keys = [{ ...(await exportJWK(publicKey)), kid: 'published', alg: 'RS256', use: 'sig' }];
  let base = '';
  const server = createServer(({ url }, response) => {
    const values: Values = new Map([['keys', `${base}/keys`]]);
    const described = { ...fill(document, values), client_id: `${base}/client` };
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(url === '/keys' ? { keys } : described));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  base = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  return {
    documentUrl: `${base}/client`,
    assertion: (audience) =>
      new SignJWT({ jti: randomUUID() })
        .setProtectedHeader({ alg: 'RS256', kid: 'published' })
        .setIssuer(`${base}/client`)
        .setSubject(`${base}/client`)
        .setAudience(audience)
        .setIssuedAt()
        .setExpirationTime('1m')
        .sign(privateKey),
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** Sends the requests of a replay, in order, and compares each answer. */
export async function runReplay(origin: string, { document, steps }: Replay): Promise<void> {
  await using published = document && (await publish(document));
  const verifier = randomBytes(32).toString('base64url');
  const values: Values = new Map([
    ['origin', origin],
    ['verifier', verifier],
    ['challenge', createHash('sha256').update(verifier).digest('base64url')],
    // VS Code's states have what base64url has not.
    ['state', `${randomBytes(15).toString('base64')}/+==`],
  ]);
  for (const step of steps) {
    if (published) {
      values.set('document', published.documentUrl);
      values.set('assertion', await published.assertion(`${origin}/oauth/token`));
    }
    await ('ask' in step ? send(step, values) : visit(step, values));
  }
}
