import middy, { type MiddyfiedHandler } from '@middy/core';
import { executionModeStreamifyResponse } from '@middy/core/StreamifyResponse';
import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda';
import { SallyportError, toErrorBody } from './errors.ts';
import {
  type HttpRequest,
  type HttpResponse,
  jsonResponse,
  type StreamingResponse,
  toRequest,
} from './http.ts';
import { logger } from './logger.ts';

/** Logs an unexpected error with its cause, an expected one as a line, and answers with its public form. */
function refusal(error: unknown, request: HttpRequest): HttpResponse {
  const { status, body } = toErrorBody(error);
  const line = { requestId: request.requestId, method: request.method, path: request.path, status };
  if (error instanceof SallyportError && status < 500) logger.info(error.code, line);
  else logger.error('request failed', { ...line, error: error instanceof Error ? error : String(error) });
  return jsonResponse(status, body);
}

function toResult(response: HttpResponse): APIGatewayProxyResult {
  return {
    statusCode: response.status,
    headers: response.headers ?? {},
    ...(response.cookies?.length ? { multiValueHeaders: { 'Set-Cookie': [...response.cookies] } } : {}),
    body: response.body ?? '',
  };
}

/** The entry point of a buffered function behind the REST API. */
export function buffered(
  handle: (request: HttpRequest, context: Context) => Promise<HttpResponse>,
): MiddyfiedHandler<APIGatewayProxyEvent, APIGatewayProxyResult> {
  return middy<APIGatewayProxyEvent, APIGatewayProxyResult>().handler(
    async (event: APIGatewayProxyEvent, context: Context) => {
      const request = toRequest(event);
      return toResult(await handle(request, context).catch((error: unknown) => refusal(error, request)));
    },
  );
}

interface StreamedResult {
  statusCode: number;
  headers: Record<string, string>;
  body: StreamingResponse['body'];
}

/** The entry point of a function whose integration streams (`ResponseTransferMode.STREAM`). */
export function streaming(
  handle: (request: HttpRequest, context: Context) => Promise<StreamingResponse>,
): MiddyfiedHandler<APIGatewayProxyEvent, StreamedResult> {
  return middy<APIGatewayProxyEvent, StreamedResult>({
    executionMode: executionModeStreamifyResponse,
  }).handler(async (event: APIGatewayProxyEvent, context: Context) => {
    const request = toRequest(event);
    const response: StreamingResponse = await handle(request, context).catch((error: unknown) =>
      refusal(error, request),
    );
    return { statusCode: response.status, headers: response.headers ?? {}, body: response.body ?? '' };
  });
}
