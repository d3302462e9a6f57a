/** What the gateway needs to know of a REST API, with every reference of the template resolved. */
export interface RestApiView {
  id: string;
  name: string;
  stage: string;
  /** Media types whose bodies travel as base64 (`*` is a wildcard). */
  binaryMediaTypes: readonly string[];
  methods: readonly MethodView[];
  gatewayResponses: readonly GatewayResponseView[];
}

export interface MethodView {
  resourceId: string;
  /** From the root, for example `/.well-known/{proxy+}`. */
  resourcePath: string;
  /** `ANY` stands for every method that the resource does not declare. */
  httpMethod: string;
  functionName: string;
  /** `STREAM` invokes with a response stream and passes it on as it comes. */
  transferMode: 'BUFFERED' | 'STREAM';
  timeoutMilliseconds: number;
  authorizer: AuthorizerView | undefined;
  throttle: ThrottleView;
}

/** A token bucket of one method: requests per second, and how many may come at once. */
export interface ThrottleView {
  rate: number;
  burst: number;
}

/** A Lambda authorizer of type REQUEST. */
export interface AuthorizerView {
  name: string;
  functionName: string;
  /** For example `method.request.header.Authorization`. */
  identitySources: readonly string[];
  /** 0 switches the cache off. */
  cacheSeconds: number;
}

export interface GatewayResponseView {
  responseType: string;
  statusCode: number | undefined;
  /** `gatewayresponse.header.<name>` to a quoted text or a `context.` or `method.request.` value. */
  parameters: Readonly<Record<string, string>>;
  /** By media type. */
  templates: Readonly<Record<string, string>>;
}
