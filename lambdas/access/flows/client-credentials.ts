import {
  errors,
  type KoaContextWithOIDC,
  type Provider,
  type TokenEndpointGrantContext,
} from 'oidc-provider';
import {
  buildTokenResponse,
  checkDpopReplay,
  resolveRequestedResources,
  validateDpop,
} from 'oidc-provider/lib/helpers/grants.js';
import type { Actor } from '../../audit/record.ts';
import { PORTAL_SCOPE } from '../../shared/origin.ts';
import type { Admission } from '../admission.ts';
import { type AuditTrail, clientActor, requester } from '../audit-trail.ts';
import { CLIENT_CREDENTIALS, type ServiceClients } from '../clients/service-clients.ts';
import type { ServiceToken } from '../clients/service-tokens.ts';
import { errorDescription } from '../error-description.ts';
import { requestOf } from '../http-bridge.ts';
import { LIFETIME } from '../lifetimes.ts';
import { invalidClient } from './token-errors.ts';

export interface ClientCredentialsOptions {
  services: ServiceClients;
  admission: Admission;
  audit: AuditTrail;
}

function actorOf(ctx: TokenEndpointGrantContext, { id, spec }: ServiceToken): Actor {
  return {
    ...requester(requestOf(ctx)),
    ...clientActor(ctx.oidc.client),
    service: { id, title: spec.title },
  };
}

const administration = ({ spec }: ServiceToken) => ({
  allowed: spec.permissions.length > 0,
  reason: 'This service token has no permissions at the admin API: its document gives them.',
});

/** The client credentials grant (RFC 6749 section 4.4): for service tokens alone. */
export class ClientCredentialsGrant {
  readonly #options: ClientCredentialsOptions;
  readonly #issuing = new WeakMap<KoaContextWithOIDC, ServiceToken>();

  constructor(options: ClientCredentialsOptions) {
    this.#options = options;
  }

  serve(provider: Provider): void {
    const parameters = ['scope', 'resource'];
    provider.registerGrantType(
      CLIENT_CREDENTIALS,
      (ctx) => this.#answer(provider, ctx),
      parameters,
      'resource',
    );
  }

  /** What such a token carries besides: the credentials that it ends with. */
  claimsOf(ctx: KoaContextWithOIDC): { credentials: string } {
    const token = this.#issuing.get(ctx);
    if (!token) throw new Error('A token without a person was about to be issued outside the grant for it.');
    return { credentials: token.credentials };
  }

  async #answer(provider: Provider, ctx: TokenEndpointGrantContext): Promise<void> {
    const token = await this.#enabled(ctx);
    const { client } = ctx.oidc;
    const proof = await validateDpop(provider, ctx);
    const [resourceServer, ...others] = await resolveRequestedResources(provider, ctx);
    if (!resourceServer || others.length > 0)
      throw new errors.InvalidTarget('ask for one resource: there is a token for each');
    await this.#admit(ctx, token, resourceServer.scope);
    const asked = ctx.oidc.requestParamScopes;
    const { scope } = resourceServer;
    if (asked.size > 0 && !asked.has(scope))
      throw new errors.InvalidScope(`ask for the scope ${scope}`, [...asked].join(' '));
    const issued = new provider.ClientCredentials({
      client,
      resourceServer,
      scope,
      expiresIn: LIFETIME.accessToken,
    });
    if (proof) {
      await checkDpopReplay(provider, ctx, proof, client.clientId);
      issued.setThumbprint('jkt', proof.thumbprint);
    }
    ctx.oidc.entity('ClientCredentials', issued);
    this.#issuing.set(ctx, token);
    const accessToken = await issued.save();
    await this.#options.audit.record(
      { activity: 'sign-in', status: 'success', actor: actorOf(ctx, token) },
      ctx.req,
    );
    ctx.body = buildTokenResponse(provider, {
      accessToken,
      expiresIn: LIFETIME.accessToken,
      scope,
      tokenType: issued.tokenType,
    });
  }

  /** The service token behind the client, if it is enabled. */
  async #enabled(ctx: TokenEndpointGrantContext): Promise<ServiceToken> {
    const token = await this.#options.services.of(ctx.oidc.client.clientId);
    if (!token) throw new errors.UnauthorizedClient('client credentials are for service tokens alone');
    if (!token.spec.enabled) throw invalidClient('This service token is disabled.');
    return token;
  }

  /** At the portal its policies decide, at the admin API whether the document gives it anything to do there. */
  async #admit(ctx: TokenEndpointGrantContext, token: ServiceToken, scope: string): Promise<void> {
    const { admission, audit } = this.#options;
    const { allowed, reason } =
      scope === PORTAL_SCOPE ? await admission.judge({ serviceToken: token.id }) : administration(token);
    if (allowed) return;
    const actor = actorOf(ctx, token);
    await audit.record({ activity: 'sign-in', status: 'failure', reason, actor }, ctx.req);
    throw new errors.AccessDenied(errorDescription(reason));
  }
}
