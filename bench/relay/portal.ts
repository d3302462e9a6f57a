import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { finished } from 'node:stream/promises';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import * as z from 'zod';
import { awslambda, ResponseStream } from '../../local/functions/response-stream.ts';
import { readBody, serveMeasured } from './measured-server.ts';

/**
 * (c) The bundled relay handler in a process of its own, fed over HTTP like the proxies. Making the event and
 * reading the prelude, which API Gateway does in production, is counted against the portal here.
 */
const prelude = z.object({ statusCode: z.number(), headers: z.record(z.string(), z.string()).optional() });
const DELIMITER = Buffer.alloc(8);

Object.assign(globalThis, { awslambda });
const loaded: unknown = await import(process.env.HANDLER ?? '');
const { handler } = z.looseObject({ handler: z.unknown() }).parse(loaded);
if (typeof handler !== 'function') throw new Error('The bundle exports no handler.');

const { SecretString: originSecret = '' } = await new SecretsManagerClient({}).send(
  new GetSecretValueCommand({ SecretId: process.env.ORIGIN_SECRET_ARN }),
);

/** The headers as they come from the distribution. */
const fromDistribution = ({ headersDistinct, socket }: IncomingMessage) => ({
  ...headersDistinct,
  'x-sallyport-origin-secret': [originSecret],
  'x-sallyport-viewer-address': [socket.remoteAddress],
});

function eventOf(request: IncomingMessage, body: string) {
  return {
    resource: '/mcp',
    path: '/mcp',
    httpMethod: request.method,
    headers: request.headers,
    multiValueHeaders: fromDistribution(request),
    queryStringParameters: null,
    multiValueQueryStringParameters: null,
    pathParameters: null,
    stageVariables: null,
    requestContext: {
      requestId: randomUUID(),
      identity: { sourceIp: request.socket.remoteAddress, userAgent: request.headers['user-agent'] },
      httpMethod: request.method,
      path: '/mcp',
      resourcePath: '/mcp',
      stage: 'main',
      authorizer: {},
    },
    body,
    isBase64Encoded: false,
  };
}

/** Writes the stream's bytes to the response: first the prelude's status and headers, then the body. */
function intoResponse(response: ServerResponse): ResponseStream {
  let head: Buffer | undefined = Buffer.alloc(0);
  return new ResponseStream((bytes, done) => {
    if (head === undefined) {
      response.write(bytes);
    } else {
      head = Buffer.concat([head, bytes]);
      const at = head.indexOf(DELIMITER);
      if (at >= 0) {
        const { statusCode, headers } = prelude.parse(JSON.parse(head.subarray(0, at).toString()));
        response.writeHead(statusCode, headers);
        const rest = head.subarray(at + DELIMITER.length);
        if (rest.length > 0) response.write(rest);
        head = undefined;
      }
    }
    done();
  });
}

serveMeasured(async (request, response) => {
  const event = eventOf(request, await readBody(request));
  const stream = intoResponse(response);
  const context = { awsRequestId: event.requestContext.requestId, getRemainingTimeInMillis: () => 60_000 };
  await Promise.all([finished(stream), Reflect.apply(handler, undefined, [event, stream, context])]);
  response.end();
});
