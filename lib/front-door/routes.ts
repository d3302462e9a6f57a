import {
  IdentitySource,
  LambdaIntegration,
  RequestAuthorizer,
  ResponseTransferMode,
  type RestApi,
} from 'aws-cdk-lib/aws-apigateway';
import { Duration } from 'aws-cdk-lib/core';
import type { BundledFunction } from '../function.ts';

export interface Handlers {
  authorizer: BundledFunction;
  oauth: BundledFunction;
  relay: BundledFunction;
  pages: BundledFunction;
  admin: BundledFunction;
  /** The longest a streamed answer may take. */
  relayTimeout: Duration;
}

/** The methods of sign-in, each named so that it can be throttled. */
export const SIGN_IN_METHODS = ['GET', 'HEAD', 'OPTIONS', 'POST'];

const buffered = (target: BundledFunction) => new LambdaIntegration(target.live, { allowTestInvoke: false });

/**
 * Which function answers what. The streamed MCP route is the only one with an authorizer: only a gateway
 * response can carry the `WWW-Authenticate` challenge unrenamed.
 */
export function addRoutes(api: RestApi, handlers: Handlers): void {
  const { root } = api;
  const authorizer = new RequestAuthorizer(api, 'Bearer', {
    handler: handlers.authorizer.live,
    identitySources: [IdentitySource.header('Authorization')],
    resultsCacheTtl: Duration.seconds(60),
  });
  const mcp = root.addResource('mcp');
  mcp.addMethod(
    'POST',
    new LambdaIntegration(handlers.relay.live, {
      allowTestInvoke: false,
      responseTransferMode: ResponseTransferMode.STREAM,
      timeout: handlers.relayTimeout,
    }),
    { authorizer },
  );
  mcp.addMethod('GET', buffered(handlers.pages));
  mcp.addMethod('DELETE', buffered(handlers.pages));
  mcp.addMethod('OPTIONS', buffered(handlers.pages));
  root.addMethod('GET', buffered(handlers.pages));
  root.addResource('console').addResource('{proxy+}').addMethod('ANY', buffered(handlers.pages));
  for (const path of ['.well-known', 'oauth']) {
    const resource = root.addResource(path).addResource('{proxy+}');
    for (const method of SIGN_IN_METHODS) resource.addMethod(method, buffered(handlers.oauth));
  }
  root
    .addResource('api')
    .addResource('v1')
    .addResource('{proxy+}')
    .addMethod('ANY', buffered(handlers.admin));
}
