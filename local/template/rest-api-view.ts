import * as z from 'zod';
import type {
  AuthorizerView,
  GatewayResponseView,
  MethodView,
  RestApiView,
  ThrottleView,
} from '../gateway/rest-api.ts';
import type { Stack } from './stack.ts';

const restApi = z.object({ Name: z.string(), BinaryMediaTypes: z.array(z.string()).default([]) });
const resource = z.object({ ParentId: z.string(), PathPart: z.string() });
const method = z.object({
  HttpMethod: z.string(),
  ResourceId: z.string(),
  AuthorizationType: z.enum(['NONE', 'CUSTOM']),
  AuthorizerId: z.string().optional(),
  ApiKeyRequired: z.literal(false).optional(),
  Integration: z.object({
    Type: z.literal('AWS_PROXY'),
    Uri: z.string(),
    ResponseTransferMode: z.enum(['BUFFERED', 'STREAM']).default('BUFFERED'),
    TimeoutInMillis: z.int().default(29_000),
  }),
});
const authorizer = z.object({
  Type: z.literal('REQUEST'),
  AuthorizerUri: z.string(),
  AuthorizerResultTtlInSeconds: z.int().default(300),
  IdentitySource: z.string().default(''),
});
const gatewayResponse = z.object({
  ResponseType: z.string(),
  StatusCode: z.coerce.number().int().optional(),
  ResponseParameters: z.record(z.string(), z.string()).default({}),
  ResponseTemplates: z.record(z.string(), z.string()).default({}),
});
const methodSetting = z.object({
  HttpMethod: z.string(),
  ResourcePath: z.string(),
  ThrottlingRateLimit: z.number(),
  ThrottlingBurstLimit: z.int(),
});
const stageProperties = z.object({
  StageName: z.string(),
  MethodSettings: z.array(methodSetting).default([]),
});

/** The REST API of the template. @throws Error naming the resource that API Gateway or this imitation cannot serve. */
export function readRestApi(stack: Stack): RestApiView {
  const [api] = stack.ofType('AWS::ApiGateway::RestApi', restApi);
  if (!api) throw new Error('The template has no REST API.');
  const { name: id, attributes } = stack.resolver.identity(api.logicalId);
  const [stage] = stack.ofType('AWS::ApiGateway::Stage', stageProperties);
  const throttleOf = throttles(stage?.properties.MethodSettings ?? []);
  const paths = readPaths(stack, attributes.RootResourceId ?? '');
  const authorizers = readAuthorizers(stack);
  return {
    id,
    name: api.properties.Name,
    stage: stage?.properties.StageName ?? 'main',
    binaryMediaTypes: api.properties.BinaryMediaTypes,
    methods: stack
      .ofType('AWS::ApiGateway::Method', method)
      .map((found) => methodView(found, { paths, authorizers, throttleOf })),
    gatewayResponses: stack.ofType('AWS::ApiGateway::GatewayResponse', gatewayResponse).map(responseView),
  };
}

/** The path of every resource by its id. */
function readPaths(stack: Stack, rootId: string): ReadonlyMap<string, string> {
  const resources = new Map(
    stack.ofType('AWS::ApiGateway::Resource', resource).map(({ name, properties }) => [name, properties]),
  );
  const pathOf = (id: string): string => {
    const found = resources.get(id);
    if (id === rootId || !found) return '';
    return `${pathOf(found.ParentId)}/${found.PathPart}`;
  };
  return new Map([[rootId, '/'], ...[...resources.keys()].map((id) => [id, pathOf(id)] as const)]);
}

function readAuthorizers(stack: Stack): ReadonlyMap<string, AuthorizerView> {
  const found = stack.ofType('AWS::ApiGateway::Authorizer', authorizer);
  return new Map(
    found.map(({ logicalId, name, properties }) => [
      name,
      {
        name: logicalId,
        functionName: invokedFunction(properties.AuthorizerUri, logicalId).functionName,
        identitySources: properties.IdentitySource.split(',').filter(Boolean),
        cacheSeconds: properties.AuthorizerResultTtlInSeconds,
      },
    ]),
  );
}

interface Found<Properties> {
  logicalId: string;
  properties: Properties;
}

/** What an account has in a region unless it asked for more. */
const ACCOUNT_THROTTLE: ThrottleView = { rate: 10_000, burst: 5_000 };

/** A method's own setting, else the one of the stage: `/~1oauth~1{proxy+}` is the path `/oauth/{proxy+}`. */
function throttles(settings: readonly z.output<typeof methodSetting>[]) {
  const byMethod = new Map(
    settings.map(({ HttpMethod, ResourcePath, ThrottlingRateLimit, ThrottlingBurstLimit }) => [
      `${HttpMethod} /${ResourcePath.slice(1).replaceAll('~1', '/').replace(/^\//, '')}`,
      { rate: ThrottlingRateLimit, burst: ThrottlingBurstLimit },
    ]),
  );
  return (httpMethod: string, path: string): ThrottleView =>
    byMethod.get(`${httpMethod} ${path}`) ?? byMethod.get('* /*') ?? ACCOUNT_THROTTLE;
}

interface Surroundings {
  paths: ReadonlyMap<string, string>;
  authorizers: ReadonlyMap<string, AuthorizerView>;
  throttleOf: (httpMethod: string, path: string) => ThrottleView;
}

function methodView(
  { logicalId, properties }: Found<z.output<typeof method>>,
  { paths, authorizers, throttleOf }: Surroundings,
): MethodView {
  const { AuthorizationType, AuthorizerId, HttpMethod, Integration, ResourceId } = properties;
  const resourcePath = paths.get(ResourceId);
  if (resourcePath === undefined) throw new Error(`${logicalId} belongs to no resource of the REST API.`);
  const { functionName, streamed } = invokedFunction(Integration.Uri, logicalId);
  if (streamed !== (Integration.ResponseTransferMode === 'STREAM'))
    throw new Error(
      `${logicalId} must use ResponseTransferMode STREAM together with the response-streaming URI.`,
    );
  const authorizerView = authorizers.get(AuthorizerId ?? '');
  if (AuthorizationType === 'CUSTOM' && !authorizerView) throw new Error(`${logicalId} names no authorizer.`);
  return {
    resourceId: ResourceId,
    resourcePath,
    httpMethod: HttpMethod,
    functionName,
    transferMode: Integration.ResponseTransferMode,
    timeoutMilliseconds: Integration.TimeoutInMillis,
    authorizer: authorizerView,
    throttle: throttleOf(HttpMethod, resourcePath),
  };
}

/** The function of an integration URI, and whether it is invoked with a response stream. */
function invokedFunction(uri: string, logicalId: string): { functionName: string; streamed: boolean } {
  const invoked =
    /:lambda:path\/(2015-03-31|2021-11-15)\/functions\/arn:aws:lambda:[^:]+:\d+:function:([\w-]+(?::[\w-]+)?)\/(response-streaming-)?invocations$/.exec(
      uri,
    );
  const [, version, functionName, streaming] = invoked ?? [];
  const streamed = version === '2021-11-15';
  if (!functionName || streamed !== (streaming !== undefined))
    throw new Error(`${logicalId} has no Lambda invocation URI: ${uri}`);
  return { functionName, streamed };
}

const responseView = ({ properties }: Found<z.output<typeof gatewayResponse>>): GatewayResponseView => ({
  responseType: properties.ResponseType,
  statusCode: properties.StatusCode,
  parameters: properties.ResponseParameters,
  templates: properties.ResponseTemplates,
});
