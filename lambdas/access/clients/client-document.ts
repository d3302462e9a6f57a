import * as z from 'zod';
import { applicationType, LONGEST_URI, narrowGrantTypes, readableName } from './client-metadata.ts';
import { redirectFault } from './redirect-rules.ts';

export interface DocumentRules {
  allowedRedirects: readonly string[];
  /** Every grant that this deployment serves to such clients. */
  grantTypes: readonly string[];
}

export type ReadDocument = { metadata: { client_id: string } & Record<string, unknown> } | { fault: string };

const AUTH_METHODS: readonly unknown[] = ['none', 'private_key_jwt'];
const SECRETS = ['client_secret', 'client_secret_expires_at'];

type Members = ReadonlyMap<string, unknown>;

/** Redirect URIs that we do not accept are left out: a document is written for every server, not for ours. */
function readRedirects(id: string, given: Members, { allowedRedirects }: DocumentRules) {
  const listed = z.array(z.string()).min(1).safeParse(given.get('redirect_uris'));
  if (!listed.success) return { fault: 'its redirect_uris must list at least one redirect URI' };
  let reason = '';
  const uris = listed.data.filter((uri) => {
    const fault =
      uri.length > LONGEST_URI ? 'it is too long' : redirectFault(uri, allowedRedirects, new URL(id).origin);
    if (fault) reason ||= `none of its redirect URIs is accepted: ${uri.slice(0, 200)}: ${fault}`;
    return !fault;
  });
  return uris.length > 0 ? { uris } : { fault: reason };
}

/** How the client proves who it is: not at all, or with a key of its own. */
function readAuthentication(given: Members): Record<string, unknown> | { fault: string } {
  const method = given.get('token_endpoint_auth_method') ?? 'none';
  if (!AUTH_METHODS.includes(method))
    return { fault: 'its token_endpoint_auth_method must be none or private_key_jwt' };
  if (method === 'none') return { token_endpoint_auth_method: 'none' };
  const [jwks, uri] = [given.get('jwks'), given.get('jwks_uri')];
  if ((jwks === undefined) === (uri === undefined))
    return { fault: 'with private_key_jwt it must have either jwks or jwks_uri' };
  const algorithm = given.get('token_endpoint_auth_signing_alg');
  return {
    token_endpoint_auth_method: method,
    ...(jwks === undefined ? { jwks_uri: uri } : { jwks }),
    ...(typeof algorithm === 'string' ? { token_endpoint_auth_signing_alg: algorithm } : {}),
  };
}

/**
 * Judges a client ID metadata document (draft-ietf-oauth-client-id-metadata-document section 4) and reduces
 * it to what we use: who it is, how it authenticates, where answers may go.
 * @param id the URL that it was fetched from.
 */
export function readClientDocument(id: string, document: unknown, rules: DocumentRules): ReadDocument {
  if (typeof document !== 'object' || document === null || Array.isArray(document))
    return { fault: 'it is not a JSON object' };
  const given = new Map<string, unknown>(Object.entries(document).filter(([, value]) => value !== null));
  if (given.get('client_id') !== id) return { fault: 'its client_id is not the URL that it is served at' };
  if (SECRETS.some((name) => given.has(name)))
    return { fault: 'it must not contain a client secret: everybody can read it' };
  const authentication = readAuthentication(given);
  if ('fault' in authentication) return { fault: String(authentication.fault) };
  const redirects = readRedirects(id, given, rules);
  if (redirects.uris === undefined) return { fault: redirects.fault };
  const asked = given.get('response_types');
  if (Array.isArray(asked) && !asked.includes('code')) return { fault: 'its response_types lack code' };
  const name = given.get('client_name');
  const readable = typeof name === 'string' ? readableName(name) : '';
  return {
    metadata: {
      client_id: id,
      ...(readable ? { client_name: readable } : {}),
      ...authentication,
      redirect_uris: redirects.uris,
      grant_types: narrowGrantTypes(given.get('grant_types'), rules.grantTypes),
      response_types: ['code'],
      application_type: applicationType(redirects.uris),
      ...(given.get('dpop_bound_access_tokens') === true ? { dpop_bound_access_tokens: true } : {}),
    },
  };
}
