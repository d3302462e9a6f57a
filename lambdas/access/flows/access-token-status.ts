import { decodeJwt } from 'jose';
import type { Middleware } from 'koa';
import { errors, type KoaContextWithOIDC, type Provider } from 'oidc-provider';
import { SallyportError } from '../../shared/errors.ts';
import type { Table } from '../../shared/table.ts';
import { type AuditTrail, clientActor, requester } from '../audit-trail.ts';
import { requestOf } from '../http-bridge.ts';
import type { Holder, HolderToken } from '../sessions/holder.ts';
import type { HolderReader } from '../sessions/holder-reader.ts';
import { carryOut, ofGrant } from '../sessions/revocation.ts';
import { verifyAny } from '../tokens/verify-any.ts';
import type { TokenVerifier } from '../tokens/verify-token.ts';

export interface AccessTokenStatusOptions {
  provider: Provider;
  identity: Table;
  /** One per resource. */
  verifiers: readonly Pick<TokenVerifier<HolderToken>, 'verify'>[];
  holders: HolderReader;
  audit: AuditTrail;
}

interface OwnToken {
  raw: string;
  token: HolderToken;
  holder: Holder;
}

/** The token if it is good here and this client's own: a client learns and ends nothing of others. */
async function ownToken(
  { verifiers, holders }: AccessTokenStatusOptions,
  raw: string,
  clientId: string,
): Promise<OwnToken | undefined> {
  try {
    const token = await verifyAny(verifiers, raw);
    return token.clientId === clientId ? { raw, token, holder: await holders.read(token) } : undefined;
  } catch (error) {
    if (error instanceof SallyportError && error.status < 500) return undefined;
    throw error;
  }
}

/** An introspection response (RFC 7662 section 2.2). */
function description({ raw, token: { jkt } }: OwnToken): Record<string, unknown> {
  const { sub, client_id, scope, iss, aud, iat, exp, jti, sid, cnf } = decodeJwt(raw);
  const token_type = jkt === undefined ? 'Bearer' : 'DPoP';
  return { active: true, token_type, sub, client_id, scope, iss, aud, iat, exp, jti, sid, cnf };
}

/** False for a token that has no grant to end with: a service token's own, whose credentials can be ended. */
async function revoke(
  { identity, audit }: AccessTokenStatusOptions,
  ctx: KoaContextWithOIDC,
  { token, holder }: OwnToken,
): Promise<boolean> {
  if (token.service !== undefined || holder.service !== undefined) return false;
  const { id, email } = holder.person;
  const actor = {
    ...requester(requestOf(ctx)),
    ...(ctx.oidc.client ? clientActor(ctx.oidc.client) : {}),
    person: { id, email },
    session: token.sid,
  };
  const revocation = await ofGrant(identity, token.grantId);
  if (revocation) await carryOut({ authentication: (event) => audit.record(event) }, actor, revocation);
  return true;
}

/**
 * Revocation (RFC 7009) and introspection (RFC 7662) of signed access tokens. The library authenticates the client,
 * then says that it has no record of such tokens; the answer is ours: a token ends with its grant.
 */
export function answerForAccessTokens(options: AccessTokenStatusOptions): Middleware {
  const asked = new WeakMap<object, KoaContextWithOIDC>();
  const noteUnknown = (ctx: KoaContextWithOIDC, error: Error) => {
    if (error instanceof errors.UnsupportedTokenType && ctx.oidc.client) asked.set(ctx.req, ctx);
  };
  options.provider.on('revocation.error', noteUnknown);
  options.provider.on('introspection.error', noteUnknown);
  return async (ctx, next) => {
    await next();
    const known = asked.get(ctx.req);
    if (!known?.oidc.client) return;
    const raw = new URLSearchParams(requestOf(ctx).body).get('token') ?? '';
    const own = await ownToken(options, raw, known.oidc.client.clientId);
    if (known.oidc.route === 'introspection') {
      ctx.body = own ? description(own) : { active: false };
    } else {
      if (own && !(await revoke(options, known, own))) return;
      ctx.body = '';
    }
    ctx.status = 200;
  };
}
