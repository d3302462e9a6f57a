import { randomBytes } from 'node:crypto';
import { type Configuration, errors } from 'oidc-provider';
import { defaultResource, scopeOf } from './authorization-request.ts';
import { deviceFlow } from './flows/device-code.ts';
import { LIFETIME } from './lifetimes.ts';
import type { ProviderOptions } from './provider.ts';

type Features = NonNullable<Configuration['features']>;

const off = { enabled: false };

/** Tokens of other clients are none of a client's business. */
const ownTokens = (_ctx: unknown, client: { clientId: string }, token: { clientId?: string | undefined }) =>
  token.clientId === client.clientId;

/** Resource indicators (RFC 8707): every access token is a JWT for one resource, signed with the current key. */
function resourceIndicators({ resources, secrets }: ProviderOptions): Features['resourceIndicators'] {
  return {
    enabled: true,
    defaultResource: (_ctx, client, oneOf) => oneOf ?? defaultResource(client?.clientId ?? '', resources),
    useGrantedResource: () => true,
    getResourceServerInfo: (_ctx, resource, client) => {
      const scope = scopeOf(resource, client.clientId, resources);
      if (!scope)
        throw new errors.InvalidTarget(
          `this client cannot get tokens for that resource here; ask for ${resources.portal}`,
        );
      return {
        scope,
        audience: resource,
        accessTokenTTL: LIFETIME.accessToken,
        accessTokenFormat: 'jwt',
        jwt: { sign: { alg: 'RS256', kid: secrets.signingKeys[0].kid } },
      };
    },
  };
}

/** The library's features that a deployment serves; everything else is off. */
export function providerFeatures(options: ProviderOptions): Features {
  return {
    devInteractions: off,
    dPoP: { enabled: true },
    deviceFlow: deviceFlow(options.deviceCode),
    pushedAuthorizationRequests: { enabled: true },
    rpInitiatedLogout: off,
    userinfo: off,
    introspection: { enabled: true, allowedPolicy: ownTokens },
    revocation: { enabled: true, allowedPolicy: ownTokens },
    registration: {
      enabled: true,
      initialAccessToken: false,
      issueRegistrationAccessToken: false,
      idFactory: () => `client-${randomBytes(16).toString('base64url')}`,
      secretFactory: () => randomBytes(32).toString('base64url'),
    },
    resourceIndicators: resourceIndicators(options),
  };
}
