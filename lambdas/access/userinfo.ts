import * as z from 'zod';
import { SallyportError } from '../shared/errors.ts';
import { type HttpRequest, type HttpResponse, jsonResponse } from '../shared/http.ts';
import type { Table } from '../shared/table.ts';
import { bearerToken } from './bearer.ts';
import { itemKey } from './provider-store.ts';
import type { SessionReader } from './session-reader.ts';
import type { TokenVerifier } from './verify-token.ts';

export interface UserinfoOptions {
  identity: Table;
  /** One per resource: access tokens always have one as their audience. */
  verifiers: readonly TokenVerifier[];
  sessions: SessionReader;
}

const grantItem = z.object({
  payload: z.object({ openid: z.object({ scope: z.string() }).optional() }),
});

async function verifyAny(verifiers: readonly TokenVerifier[], token: string) {
  const results = await Promise.allSettled(verifiers.map((verifier) => verifier.verify(token)));
  const accepted = results.find((result) => result.status === 'fulfilled');
  if (accepted) return accepted.value;
  const failed = results.find((result) => result.status === 'rejected');
  throw failed?.reason;
}

/** OpenID Connect userinfo (Core section 5.3): what the person let the application know about them. */
export function createUserinfo(options: UserinfoOptions): (request: HttpRequest) => Promise<HttpResponse> {
  return async (request) => {
    const token = await verifyAny(options.verifiers, bearerToken(request));
    const { person } = await options.sessions.read(token);
    const grant = grantItem.parse(await options.identity.get(itemKey('Grant', token.grantId)));
    const scopes = new Set(grant.payload.openid?.scope.split(' '));
    if (!scopes.has('openid'))
      throw new SallyportError('insufficient_scope', 403, 'Ask for the scope openid to learn who signed in.');
    return jsonResponse(200, {
      sub: person.id,
      ...(scopes.has('email') ? { email: person.email, email_verified: true } : {}),
      ...(scopes.has('profile') ? { name: person.name, groups: person.groups } : {}),
    });
  };
}
