import { SallyportError } from '../../shared/errors.ts';
import type { HttpRequest } from '../../shared/http.ts';

/** An access token as a request brings it: for any holder (RFC 6750) or for the holder of a key (RFC 9449). */
export interface PresentedToken {
  scheme: 'Bearer' | 'DPoP';
  token: string;
}

const malformed = (message: string, at: string) =>
  new SallyportError('invalid_request', 400, message, { at });

function formNamesToken(request: HttpRequest): boolean {
  const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  return (
    type === 'application/x-www-form-urlencoded' && new URLSearchParams(request.body).has('access_token')
  );
}

/** Reads the value of an Authorization header; undefined for anything but one token of a scheme of ours. */
export function readAuthorization(header: string): PresentedToken | undefined {
  const match = /^(Bearer|DPoP) +([A-Za-z0-9\-._~+/]+=*)$/i.exec(header.trim());
  if (!match?.[1] || !match[2]) return undefined;
  return { scheme: match[1].toLowerCase() === 'dpop' ? 'DPoP' : 'Bearer', token: match[2] };
}

/**
 * The request's access token, from the Authorization header alone (RFC 6750 section 2.1, RFC 9449 section 7.1).
 * @throws SallyportError `invalid_token` 401 when there is none; `invalid_request` 400 when it is malformed,
 *   or given in the query or body, where it would end in logs and histories.
 */
export function presentedToken(request: HttpRequest): PresentedToken {
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
  const presented = readAuthorization(header);
  if (!presented)
    throw malformed(
      'Write the header as `Authorization: Bearer TOKEN`, or with DPoP for a token that is bound to a key.',
      'header Authorization',
    );
  return presented;
}
