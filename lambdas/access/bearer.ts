import { SallyportError } from '../shared/errors.ts';
import type { HttpRequest } from '../shared/http.ts';

const malformed = (message: string, at: string) =>
  new SallyportError('invalid_request', 400, message, { at });

function formNamesToken(request: HttpRequest): boolean {
  const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  return (
    type === 'application/x-www-form-urlencoded' && new URLSearchParams(request.body).has('access_token')
  );
}

/**
 * The request's bearer token, from the Authorization header alone (RFC 6750 section 2.1).
 * @throws SallyportError `invalid_token` 401 when there is none; `invalid_request` 400 when it is malformed,
 *   or given in the query or body, where it would end in logs and histories.
 */
export function bearerToken(request: HttpRequest): string {
  if (request.query.has('access_token'))
    throw malformed(
      'Send the access token in the Authorization header, never in the URL.',
      'query access_token',
    );
  if (formNamesToken(request))
    throw malformed(
      'Send the access token in the Authorization header, never in the body.',
      'body access_token',
    );
  const header = request.headers.authorization;
  if (header === undefined)
    throw new SallyportError('invalid_token', 401, 'This endpoint needs an access token: sign in first.', {
      at: 'header Authorization',
    });
  const match = /^Bearer +([A-Za-z0-9\-._~+/]+=*)$/i.exec(header.trim());
  if (!match?.[1])
    throw malformed('Write the header as `Authorization: Bearer TOKEN`.', 'header Authorization');
  return match[1];
}
