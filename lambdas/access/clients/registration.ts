import * as z from 'zod';
import {
  applicationType,
  BASIC_GRANT_TYPES,
  LONGEST_URI,
  narrowGrantTypes,
  readableName,
} from './client-metadata.ts';
import { redirectFault } from './redirect-rules.ts';

/** What a registration request may say; anything else is left out, as RFC 7591 section 2 allows. */
const KNOWN_METADATA = [
  'client_name',
  'client_uri',
  'contacts',
  'dpop_bound_access_tokens',
  'grant_types',
  'logo_uri',
  'policy_uri',
  'redirect_uris',
  'response_types',
  'token_endpoint_auth_method',
  'tos_uri',
] as const;

const MOST_REDIRECTS = 20;

export type Registration =
  | { metadata: Record<string, unknown> }
  | { error: 'invalid_redirect_uri' | 'invalid_client_metadata'; error_description: string };

const badMetadata = (error_description: string): Registration => ({
  error: 'invalid_client_metadata',
  error_description,
});

type Redirects = { uris: readonly string[] } | { fault: string };

function readRedirects(uris: unknown, allowed: readonly string[]): Redirects {
  const read = z.array(z.string()).min(1).safeParse(uris);
  if (!read.success) return { fault: 'redirect_uris must list at least one redirect URI' };
  if (read.data.length > MOST_REDIRECTS)
    return { fault: `redirect_uris may list at most ${MOST_REDIRECTS} URIs` };
  for (const uri of read.data) {
    if (uri.length > LONGEST_URI)
      return { fault: `a redirect URI may have at most ${LONGEST_URI} characters` };
    const fault = redirectFault(uri, allowed);
    if (fault) return { fault: `redirect URI ${uri} is refused: ${fault}` };
  }
  return { uris: read.data };
}

/**
 * Judges and completes a dynamic registration request (RFC 7591): nulls mean absent, a public client is the
 * default, grant and response types that we do not serve are dropped, redirect URIs are limited.
 */
export function readRegistration(
  body: unknown,
  allowedRedirects: readonly string[],
  grantTypes: readonly string[] = BASIC_GRANT_TYPES,
): Registration {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    return badMetadata('the registration must be a JSON object');
  const given = new Map(Object.entries(body).filter(([, value]) => value !== null));
  const metadata: Record<string, unknown> = {};
  for (const name of KNOWN_METADATA) if (given.has(name)) metadata[name] = given.get(name);

  const redirects = readRedirects(metadata.redirect_uris, allowedRedirects);
  if ('fault' in redirects) return { error: 'invalid_redirect_uri', error_description: redirects.fault };

  if (metadata.client_name !== undefined) {
    if (typeof metadata.client_name !== 'string') return badMetadata('client_name must be a string');
    const name = readableName(metadata.client_name);
    if (name) metadata.client_name = name;
    else delete metadata.client_name;
  }
  metadata.grant_types = narrowGrantTypes(metadata.grant_types, grantTypes);
  metadata.response_types = ['code'];
  metadata.token_endpoint_auth_method ??= 'none';
  metadata.application_type = applicationType(redirects.uris);
  return { metadata };
}
