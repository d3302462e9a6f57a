import { randomUUID } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { Answered } from '../cloudwatch/access-log.ts';
import { FunctionError } from '../functions/function-process.ts';
import { bindToLoopback, type LoopbackServer, listenOnLoopback, readBody } from '../services/loopback.ts';
import { Authorizer, type Invoke } from './authorizer.ts';
import { verifiedCertificate } from './client-certificate.ts';
import type { Distribution } from './distribution.ts';
import { type GatewayRequest, headerValues, readGatewayRequest } from './gateway-request.ts';
import {
  compileGatewayResponses,
  type FaultResponder,
  type FaultType,
  type GatewayAnswer,
} from './gateway-response.ts';
import { readBufferedAnswer } from './proxy-answer.ts';
import { type AuthorizerContext, isBinary, proxyEvent } from './proxy-event.ts';
import type { AuthorizerView, RestApiView } from './rest-api.ts';
import { compileRoutes, type Route } from './routes.ts';
import { send, sendStreamed } from './send.ts';
import { Throttle } from './throttle.ts';

/** API Gateway takes 10 MB; Lambda takes and gives 6 MB with the event around the body. */
const BODY_LIMIT = 10 * 1024 * 1024;
const LAMBDA_LIMIT = 6 * 1024 * 1024 + 100;

/** Before any stage is known there is no gateway response of the template. */
const NO_STAGE: GatewayAnswer = {
  status: 403,
  headers: { 'Content-Type': 'application/json', 'x-amzn-ErrorType': 'ForbiddenException' },
  body: '{"message":"Forbidden"}',
};

/** One request on its way through the gateway. */
interface Exchange {
  request: GatewayRequest;
  response: ServerResponse;
  route: Route;
  fail: (type: FaultType) => void;
}

/**
 * Serves a REST API at the root of an origin: behind a distribution, or as API Gateway behind a domain with an empty
 * base path does. A request that names the API's own host goes past the distribution.
 */
class Gateway {
  readonly #api: RestApiView;
  readonly #invoke: Invoke;
  readonly #distribution: Distribution | undefined;
  readonly #route: ReturnType<typeof compileRoutes>;
  readonly #fault: FaultResponder;
  readonly #authorizers = new Map<AuthorizerView, Authorizer>();
  readonly #throttle = new Throttle();

  constructor(api: RestApiView, invoke: Invoke, distribution?: Distribution) {
    this.#api = api;
    this.#invoke = invoke;
    this.#distribution = distribution;
    this.#route = compileRoutes(api.methods);
    this.#fault = compileGatewayResponses(api.gatewayResponses);
    for (const { authorizer } of api.methods) {
      if (authorizer) this.#authorizers.set(authorizer, new Authorizer(api, authorizer, invoke));
    }
  }

  /** @param certificateHost the domain that it was sent to, where clients need a certificate. */
  async serve(message: IncomingMessage, response: ServerResponse, certificateHost?: string): Promise<void> {
    const sent = readGatewayRequest(message, randomUUID());
    const request =
      certificateHost === undefined ? this.#arriving(sent) : certified(sent, message, certificateHost);
    if (!request) return send(response, NO_STAGE);
    const route = this.#route(request.method, request.path);
    if (!route) return send(response, this.#fault('MISSING_AUTHENTICATION_TOKEN', request));
    const fail = (type: FaultType) => send(response, this.#fault(type, request, route.pathParameters));
    const body = await readBody(message, BODY_LIMIT);
    if (!this.#throttle.admit(route.method)) return fail('THROTTLED');
    if (!body) {
      response.setHeader('Connection', 'close');
      return fail('REQUEST_TOO_LARGE');
    }
    const { authorizer } = route.method;
    const verdict = authorizer && (await this.#authorizers.get(authorizer)?.judge(route, request));
    if (verdict && 'fault' in verdict) return fail(verdict.fault);
    await this.#integrate({ request, response, route, fail }, body, verdict?.context);
  }

  #arriving(request: GatewayRequest): GatewayRequest | undefined {
    const distribution = this.#distribution;
    if (!distribution) return request;
    return distribution.isPassedBy(request) ? distribution.direct(request) : distribution.forward(request);
  }

  async #integrate(exchange: Exchange, body: Buffer, context: AuthorizerContext | undefined): Promise<void> {
    const { request, response, route, fail } = exchange;
    const { functionName, timeoutMilliseconds, transferMode } = route.method;
    const event = proxyEvent(this.#api, route, request, body, context);
    if (Buffer.byteLength(event) > LAMBDA_LIMIT) return fail('REQUEST_TOO_LARGE');
    const timer = setTimeout(() => {
      if (response.headersSent) response.destroy();
      else fail('INTEGRATION_TIMEOUT');
    }, timeoutMilliseconds);
    response.on('close', () => clearTimeout(timer));
    try {
      const answer = await this.#invoke(functionName, event, request.requestId);
      if (transferMode === 'STREAM') {
        const fault = () => this.#fault('DEFAULT_5XX', request, route.pathParameters);
        sendStreamed(response, answer, request.requestId, fault);
      } else {
        this.#sendBuffered(exchange, Buffer.concat(await answer.toArray()));
      }
    } catch (error) {
      if (!(error instanceof FunctionError)) console.error(error);
      fail('DEFAULT_5XX');
    }
  }

  #sendBuffered({ request, response, fail }: Exchange, payload: Buffer): void {
    const acceptsBinary = isBinary(this.#api, headerValues(request, 'accept').at(0));
    const answer =
      payload.length <= LAMBDA_LIMIT
        ? readBufferedAnswer(payload, request.requestId, acceptsBinary)
        : undefined;
    if (answer) send(response, answer);
    else fail('DEFAULT_5XX');
  }
}

/** A request at the domain for client certificates; undefined without a good one, and for another domain. */
function certified(
  request: GatewayRequest,
  message: IncomingMessage,
  host: string,
): GatewayRequest | undefined {
  const clientCert = verifiedCertificate(message);
  const [named = '', ...more] = headerValues(request, 'host');
  if (!clientCert || more.length > 0 || named.toLowerCase() !== host) return undefined;
  return { ...request, clientCert };
}

/** A domain of the API that asks for client certificates. */
export interface CertificateDomain {
  host: string;
  /** Who issues them, in PEM form. */
  truststore: string;
  /** The domain's own, in PEM form. */
  certificate: string;
  key: string;
  port: number;
}

interface Surroundings {
  /** What stands in front. */
  distribution?: Distribution | undefined;
  certificateDomain?: CertificateDomain | undefined;
  /** Is told of every answer. */
  answered?: Answered;
}

/**
 * Starts the gateway of a REST API, and the distribution in front of it, on the loopback interface.
 * @throws Error naming the port when it is taken.
 */
export async function startGateway(
  api: RestApiView,
  invoke: Invoke,
  port: number,
  { distribution, certificateDomain, answered }: Surroundings = {},
): Promise<LoopbackServer> {
  const gateway = new Gateway(api, invoke, distribution);
  const listener =
    (certificateHost?: string): RequestListener =>
    (message, response) => {
      response.once('close', () => {
        if (response.headersSent) answered?.(response.statusCode);
      });
      gateway.serve(message, response, certificateHost).catch((error: unknown) => {
        console.error(error);
        response.destroy();
      });
    };
  const server = await listenOnLoopback(port, listener());
  if (!certificateDomain) return server;
  const { host, truststore: ca, certificate: cert, key } = certificateDomain;
  // As at API Gateway, whoever has no good certificate gets an answer.
  const mutual = {
    ca,
    cert,
    key,
    minVersion: 'TLSv1.2',
    requestCert: true,
    rejectUnauthorized: false,
  } as const;
  const secure = await bindToLoopback(certificateDomain.port, createServer(mutual, listener(host)));
  return {
    origin: server.origin,
    close: async () => void (await Promise.all([server.close(), secure.close()])),
  };
}
