import type { Distribution } from '../../../local/gateway/distribution.ts';
import { startGateway } from '../../../local/gateway/gateway.ts';
import type {
  AuthorizerView,
  GatewayResponseView,
  MethodView,
  RestApiView,
} from '../../../local/gateway/rest-api.ts';
import { type RunningFunctions, runFunctions } from '../functions/running-functions.ts';

export interface RunningGateway extends AsyncDisposable {
  origin: string;
  functions: RunningFunctions;
  fetch(path: string, init?: RequestInit): Promise<Response>;
}

interface Options {
  gatewayResponses?: readonly GatewayResponseView[];
  binaryMediaTypes?: readonly string[];
  timeoutSeconds?: number;
  distribution?: Distribution;
}

type Route = Partial<MethodView> & { functionName: string };

/** A REST API of `METHOD /path` routes in front of functions, served over real HTTP. */
export async function runGateway(
  sources: Readonly<Record<string, string>>,
  routes: Readonly<Record<string, Route>>,
  options: Options = {},
): Promise<RunningGateway> {
  const functions = await runFunctions(sources, { timeoutSeconds: options.timeoutSeconds ?? 10 });
  const methods = Object.entries(routes).map(([route, view]): MethodView => {
    const [httpMethod = '', resourcePath = ''] = route.split(' ');
    return {
      resourceId: resourcePath,
      resourcePath,
      httpMethod,
      transferMode: 'BUFFERED',
      timeoutMilliseconds: 29_000,
      authorizer: undefined,
      throttle: { rate: 1000, burst: 1000 },
      ...view,
    };
  });
  const api: RestApiView = {
    id: 'api',
    name: 'Api',
    stage: 'main',
    binaryMediaTypes: options.binaryMediaTypes ?? [],
    methods,
    gatewayResponses: options.gatewayResponses ?? [],
  };
  const server = await startGateway(api, (name, event, id) => functions.host.invoke(name, event, id), 0, {
    distribution: options.distribution,
  });
  return {
    origin: server.origin,
    functions,
    fetch: (path, init) => fetch(`${server.origin}${path}`, init),
    async [Symbol.asyncDispose]() {
      await functions[Symbol.asyncDispose]();
      await server.close();
    },
  };
}

/** An authorizer that reads `Authorization` and remembers its answers for a minute. */
export const bearerAuthorizer = (functionName: string): AuthorizerView => ({
  name: functionName,
  functionName,
  identitySources: ['method.request.header.Authorization'],
  cacheSeconds: 60,
});

/** A function that answers with its event as the body. */
export const ECHO =
  'export const handler = async (event) => ({ statusCode: 200, body: JSON.stringify(event) });';
