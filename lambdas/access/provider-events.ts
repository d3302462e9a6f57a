import type { KoaContextWithOIDC, Provider } from 'oidc-provider';
import type { Actor, Authentication } from '../audit/record.ts';
import { logger } from '../shared/logger.ts';
import type { Table } from '../shared/table.ts';
import { type AuditTrail, clientActor, requester } from './audit-trail.ts';
import { requestOf } from './http-bridge.ts';
import { serviceOfClient } from './sessions/holder.ts';
import { findPerson } from './sessions/people-store.ts';

/** The person whose code or token a request brought, as far as the library got to know it. */
function subjectOf({ oidc }: KoaContextWithOIDC): string | undefined {
  const { RefreshToken, AuthorizationCode, DeviceCode } = oidc.entities;
  const source = RefreshToken ?? AuthorizationCode ?? DeviceCode;
  return oidc.account?.accountId ?? source?.accountId;
}

/** The service token that a request came for, whether or not it proved to be that. */
function serviceActor({ oidc: { client } }: KoaContextWithOIDC): Pick<Actor, 'service'> {
  const id = client && serviceOfClient(client.clientId);
  if (id === undefined) return {};
  return { service: { id, ...(client?.clientName ? { title: client.clientName } : {}) } };
}

async function actorOf(ctx: KoaContextWithOIDC, identity: Table): Promise<Actor> {
  const id = subjectOf(ctx);
  const person = id === undefined ? undefined : await findPerson(identity, id);
  return {
    ...requester(requestOf(ctx)),
    ...(person ? { person: { id: person.id, email: person.email } } : {}),
    ...(ctx.oidc.client ? clientActor(ctx.oidc.client) : {}),
    ...serviceActor(ctx),
  };
}

/** Records what the library reports by events, and logs its own failures. */
export function recordEvents(provider: Provider, audit: AuditTrail, identity: Table): void {
  const note = (ctx: KoaContextWithOIDC, event: Omit<Authentication, 'actor'>) =>
    audit.note(
      ctx.req,
      actorOf(ctx, identity).then((actor) => ({ ...event, actor })),
    );
  provider.on('registration_create.success', (ctx) => {
    note(ctx, { activity: 'client-registered', status: 'success' });
  });
  provider.on('grant.error', (ctx, error) => {
    const known = subjectOf(ctx) !== undefined || serviceActor(ctx).service !== undefined;
    if (!known || audit.hasTold(ctx.req)) return;
    const reason = error.error_detail ?? error.error_description ?? error.error;
    note(ctx, { activity: 'token', status: 'failure', reason });
  });
  provider.on('grant.revoked', (ctx, grantId) => {
    note(ctx, { activity: 'revocation', status: 'success', reason: `The grant ${grantId} ended.` });
  });
  provider.on('server_error', (ctx, error) => {
    logger.error('the provider failed', { path: ctx.path, error });
  });
  provider.onerror = (error: Error) => logger.error('the provider failed', { error });
}
