import { ACCOUNT, REGION } from '../iam/authorizer.ts';
import { type GatewayRequest, headerValues } from './gateway-request.ts';
import type { RestApiView } from './rest-api.ts';
import type { Route } from './routes.ts';

/** What the authorizer said about the caller; goes to the function in the request context. */
export type AuthorizerContext = Readonly<Record<string, string | number | boolean>>;

const orNull = <T extends object>(value: T): T | null => (Object.keys(value).length > 0 ? value : null);

/** The last value and all values of each name, as the payload format 1.0 wants them. */
function singleAndMulti(entries: Iterable<readonly [string, readonly string[]]>) {
  const multi = Object.fromEntries(entries);
  const single = Object.fromEntries(
    Object.entries(multi).map(([name, values]) => [name, values.at(-1) ?? '']),
  );
  return { single, multi };
}

const IDENTITY = {
  accessKey: null,
  accountId: null,
  caller: null,
  cognitoAuthenticationProvider: null,
  cognitoAuthenticationType: null,
  cognitoIdentityId: null,
  cognitoIdentityPoolId: null,
  principalOrgId: null,
  user: null,
  userArn: null,
};

/** The part of the event that a proxy function and a REQUEST authorizer share. */
export function requestFields(api: RestApiView, route: Route, request: GatewayRequest) {
  const headers = singleAndMulti(request.headers);
  const query = singleAndMulti(
    [...new Set(request.query.keys())].map((name) => [name, request.query.getAll(name)]),
  );
  const host = headerValues(request, 'host').at(-1) ?? '';
  return {
    resource: route.method.resourcePath,
    path: request.path,
    httpMethod: request.method,
    headers: headers.single,
    multiValueHeaders: headers.multi,
    queryStringParameters: orNull(query.single),
    multiValueQueryStringParameters: orNull(query.multi),
    pathParameters: orNull(route.pathParameters),
    stageVariables: null,
    requestContext: {
      accountId: ACCOUNT,
      apiId: api.id,
      domainName: host,
      domainPrefix: host.split('.')[0] ?? '',
      extendedRequestId: request.requestId,
      httpMethod: request.method,
      identity: {
        ...IDENTITY,
        ...(request.clientCert ? { clientCert: request.clientCert } : {}),
        sourceIp: request.sourceIp,
        userAgent: headerValues(request, 'user-agent').at(-1) ?? null,
      },
      path: `${request.basePath}${request.path}`,
      protocol: request.protocol,
      requestId: request.requestId,
      requestTime: clfTime(request.receivedAt),
      requestTimeEpoch: request.receivedAt,
      resourceId: route.method.resourceId,
      resourcePath: route.method.resourcePath,
      stage: api.stage,
    },
  };
}

/** The time as in an access log: `09/Apr/2026:12:34:56 +0000`. */
function clfTime(epochMilliseconds: number): string {
  const [, day, month, year, time] = new Date(epochMilliseconds).toUTCString().split(' ');
  return `${day}/${month}/${year}:${time} +0000`;
}

/** The proxy event (payload format 1.0) in JSON. */
export function proxyEvent(
  api: RestApiView,
  route: Route,
  request: GatewayRequest,
  body: Buffer,
  authorizer: AuthorizerContext | undefined,
): string {
  const fields = requestFields(api, route, request);
  const binary = body.length > 0 && isBinary(api, headerValues(request, 'content-type').at(-1));
  return JSON.stringify({
    ...fields,
    requestContext: { ...fields.requestContext, ...(authorizer ? { authorizer } : {}) },
    body: body.length > 0 ? body.toString(binary ? 'base64' : 'utf8') : null,
    isBase64Encoded: binary,
  });
}

/** Whether the API treats bodies of this media type as binary. */
export function isBinary(api: RestApiView, contentType: string | undefined): boolean {
  const type = (contentType ?? 'application/json').split(/[;,]/)[0]?.trim().toLowerCase() ?? '';
  return api.binaryMediaTypes.some((pattern) => {
    const [main, sub] = pattern.toLowerCase().split('/');
    return (
      (main === '*' && sub === '*') ||
      pattern.toLowerCase() === type ||
      (sub === '*' && type.startsWith(`${main}/`))
    );
  });
}

/** The ARN that an authorizer's policy speaks of. */
export function methodArn(api: RestApiView, request: GatewayRequest): string {
  return `arn:aws:execute-api:${REGION}:${ACCOUNT}:${api.id}/${api.stage}/${request.method}${request.path}`;
}
