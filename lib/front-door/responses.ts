import { ResponseType, type RestApi } from 'aws-cdk-lib/aws-apigateway';

/** A gateway response in the shape of our own errors; values are static or from `$context`. */
const errorTemplate = (code: string, message: string) => ({
  'application/json': `{"error":{"code":"${code}","message":"${message}"}}`,
});

/**
 * The address of the metadata, which is the same at every host: where there are several, a client has to look for its
 * own under the URL that it was given (RFC 9728 section 3), since it takes no other host's.
 */
function challengeOf(origin: string, otherHosts: boolean): string {
  const metadata = `${origin}/.well-known/oauth-protected-resource/mcp`;
  const address = otherHosts ? '' : ` resource_metadata="${metadata}",`;
  return `Bearer error="invalid_token",${address} scope="mcp"`;
}

/** What the gateway answers by itself, the challenge (RFC 9728 section 5.1) among it. */
export function addResponses(api: RestApi, origin: string, { otherHosts }: { otherHosts: boolean }): void {
  api.addGatewayResponse('Challenge', {
    type: ResponseType.UNAUTHORIZED,
    statusCode: '401',
    responseHeaders: {
      'WWW-Authenticate': `'${challengeOf(origin, otherHosts)}'`,
      'Cache-Control': "'no-store'",
      // Says nothing that is not public, and a page's client cannot begin to sign in without reading it.
      'Access-Control-Allow-Origin': "'*'",
      'Access-Control-Expose-Headers': "'WWW-Authenticate'",
    },
    templates: errorTemplate('invalid_token', 'Sign in: this endpoint needs a valid access token.'),
  });
  api.addGatewayResponse('Denied', {
    type: ResponseType.ACCESS_DENIED,
    statusCode: '403',
    templates: errorTemplate('access_denied', 'This access token may not be used here.'),
  });
  api.addGatewayResponse('TooLarge', {
    type: ResponseType.REQUEST_TOO_LARGE,
    statusCode: '413',
    templates: errorTemplate('request_too_large', 'The request is larger than 10 MB.'),
  });
  api.addGatewayResponse('Throttled', {
    type: ResponseType.THROTTLED,
    statusCode: '429',
    responseHeaders: { 'Retry-After': "'1'" },
    templates: errorTemplate('too_many_requests', 'Too many requests. Please try again in a moment.'),
  });
  api.addGatewayResponse('NoRoute', {
    type: ResponseType.MISSING_AUTHENTICATION_TOKEN,
    statusCode: '404',
    templates: errorTemplate('not_found', 'There is nothing at this address.'),
  });
  api.addGatewayResponse('Fault', {
    type: ResponseType.DEFAULT_5XX,
    templates: errorTemplate('internal_error', 'Something went wrong on our side. Please try again.'),
  });
}
