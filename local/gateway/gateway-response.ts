import { type GatewayRequest, requestParameter } from './gateway-request.ts';
import type { GatewayResponseView } from './rest-api.ts';

/** A complete answer that the gateway gives. */
export interface GatewayAnswer {
  status: number;
  headers: Readonly<Record<string, string | readonly string[]>>;
  body: string | Buffer;
}

interface Fault {
  status: number;
  message: string | null;
  errorType: string;
}

/** The faults that the gateway answers itself, with the status and message of API Gateway. */
const FAULTS = {
  UNAUTHORIZED: { status: 401, message: 'Unauthorized', errorType: 'UnauthorizedException' },
  ACCESS_DENIED: {
    status: 403,
    message: 'User is not authorized to access this resource',
    errorType: 'AccessDeniedException',
  },
  MISSING_AUTHENTICATION_TOKEN: {
    status: 403,
    message: 'Missing Authentication Token',
    errorType: 'MissingAuthenticationTokenException',
  },
  REQUEST_TOO_LARGE: { status: 413, message: 'Request Too Long', errorType: 'RequestTooLargeException' },
  THROTTLED: { status: 429, message: 'Too Many Requests', errorType: 'TooManyRequestsException' },
  AUTHORIZER_FAILURE: { status: 500, message: null, errorType: 'AuthorizerFailureException' },
  AUTHORIZER_CONFIGURATION_ERROR: {
    status: 500,
    message: null,
    errorType: 'AuthorizerConfigurationException',
  },
  INTEGRATION_TIMEOUT: {
    status: 504,
    message: 'Endpoint request timed out',
    errorType: 'InternalServerErrorException',
  },
  /** A function that failed or answered in a form that the gateway does not understand. */
  DEFAULT_5XX: { status: 502, message: 'Internal server error', errorType: 'InternalServerErrorException' },
} as const satisfies Record<string, Fault>;

export type FaultType = keyof typeof FAULTS;

export type FaultResponder = (
  type: FaultType,
  request: GatewayRequest,
  pathParameters?: Readonly<Record<string, string>>,
) => GatewayAnswer;

/**
 * Answers faults by the gateway responses of the template: the one of the fault's type, else the default of its
 * class, else API Gateway's own. Templates know `$context.error.*` and the request's ids; other mapping-template
 * syntax is an error at start.
 */
export function compileGatewayResponses(views: readonly GatewayResponseView[]): FaultResponder {
  const byType = new Map(views.map((view) => [view.responseType, view]));
  for (const view of views)
    for (const template of Object.values(view.templates)) rejectUnknown(view, template);
  return (type, request, pathParameters = {}) => {
    const fault: Fault = FAULTS[type];
    const view = byType.get(type) ?? byType.get(fault.status < 500 ? 'DEFAULT_4XX' : 'DEFAULT_5XX');
    const values = contextOf(type, fault, request);
    const headers: Record<string, string> = {
      'Content-Type': 'application/json',
      'x-amzn-RequestId': request.requestId,
      'x-amzn-ErrorType': fault.errorType,
    };
    for (const [name, expression] of Object.entries(view?.parameters ?? {})) {
      const value = parameterValue(expression, values, request, pathParameters);
      if (value !== undefined) headers[name.replace(/^gatewayresponse\.header\./, '')] = value;
    }
    const [mediaType, template] = Object.entries(view?.templates ?? {})[0] ?? [];
    if (mediaType) headers['Content-Type'] = mediaType;
    const body = render(template ?? '{"message":$context.error.messageString}', values);
    return { status: view?.statusCode ?? fault.status, headers, body };
  };
}

function contextOf(type: FaultType, fault: Fault, request: GatewayRequest): ReadonlyMap<string, string> {
  return new Map([
    ['context.error.message', fault.message ?? ''],
    ['context.error.messageString', JSON.stringify(fault.message)],
    ['context.error.responseType', type],
    ['context.requestId', request.requestId],
    ['context.extendedRequestId', request.requestId],
    ['context.identity.sourceIp', request.sourceIp],
  ]);
}

const REFERENCE = /\$(?:(context(?:\.\w+)+)|\{(context(?:\.\w+)+)\})/g;

const render = (template: string, values: ReadonlyMap<string, string>): string =>
  template.replace(REFERENCE, (_, plain: string, braced: string) => values.get(plain ?? braced) ?? '');

function rejectUnknown(view: GatewayResponseView, template: string): void {
  const rest = template.replace(REFERENCE, '');
  if (/[$#]/.test(rest)) {
    throw new Error(
      `The gateway response ${view.responseType} uses a mapping template that the embedded cloud does not evaluate: ${template}`,
    );
  }
}

function parameterValue(
  expression: string,
  values: ReadonlyMap<string, string>,
  request: GatewayRequest,
  pathParameters: Readonly<Record<string, string>>,
): string | undefined {
  const literal = /^'(.*)'$/s.exec(expression);
  return literal?.[1] ?? values.get(expression) ?? requestParameter(request, pathParameters, expression);
}
