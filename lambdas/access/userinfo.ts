import * as z from 'zod';
import { SallyportError } from '../shared/errors.ts';
import { type HttpRequest, type HttpResponse, jsonResponse } from '../shared/http.ts';
import type { Table } from '../shared/table.ts';
import { itemKey } from './item-key.ts';
import type { SessionReader } from './sessions/session-reader.ts';
import { presentedToken } from './tokens/presented-token.ts';
import type { ProofJudge } from './tokens/proof-judge.ts';
import { verifyAny } from './tokens/verify-any.ts';
import type { TokenVerifier } from './tokens/verify-token.ts';

export interface UserinfoOptions {
  identity: Table;
  /** One per resource: access tokens always have one as their audience. */
  verifiers: readonly Pick<TokenVerifier, 'verify'>[];
  proofs: ProofJudge;
  sessions: SessionReader;
}

const grantItem = z.object({
  payload: z.object({ openid: z.object({ scope: z.string() }).optional() }),
});

/** OpenID Connect userinfo (Core section 5.3): what the person let the application know about them. */
export function createUserinfo(options: UserinfoOptions): (request: HttpRequest) => Promise<HttpResponse> {
  return async (request) => {
    const presented = presentedToken(request);
    const token = await verifyAny(options.verifiers, presented.token);
    await options.proofs.judge(request, presented, token);
    const { person } = await options.sessions.read(token);
    const item = await options.identity.get(itemKey('Grant', token.grantId));
    // The session was read a moment ago at most; the grant may have ended since.
    if (!item)
      throw new SallyportError(
        'invalid_token',
        401,
        'Access for this application was revoked: connect it again.',
      );
    const scopes = new Set(grantItem.parse(item).payload.openid?.scope.split(' '));
    if (!scopes.has('openid'))
      throw new SallyportError('insufficient_scope', 403, 'Ask for the scope openid to learn who signed in.');
    return jsonResponse(200, {
      sub: person.id,
      ...(scopes.has('email') ? { email: person.email, email_verified: true } : {}),
      ...(scopes.has('profile') ? { name: person.name, groups: person.groups } : {}),
    });
  };
}
