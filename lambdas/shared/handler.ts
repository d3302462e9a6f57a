import middy, { type MiddyfiedHandler } from '@middy/core';
import { executionModeStreamifyResponse } from '@middy/core/StreamifyResponse';
import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda';
import { SallyportError, toErrorBody } from './errors.ts';
import { enter } from './front-door.ts';
import {
  type HttpRequest,
  type HttpResponse,
  jsonResponse,
  type StreamingResponse,
  toRequest,
} from './http.ts';
import { logger } from './logger.ts';

/** Logs an unexpected error with its cause, an expected one as a line, and answers with its public form. */
function refusal(error: unknown, event: APIGatewayProxyEvent): HttpResponse {
  const { status, body } = toErrorBody(error);
  const { requestId } = event.requestContext;
  const line = { requestId, method: event.httpMethod, path: event.path, status };
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
      const answer = async () => handle(toRequest(await enter(event)), context);
      return toResult(await answer().catch((error: unknown) => refusal(error, event)));
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
    const answer = async (): Promise<StreamingResponse> => handle(toRequest(await enter(event)), context);
    const response = await answer().catch((error: unknown): StreamingResponse => refusal(error, event));
    return { statusCode: response.status, headers: response.headers ?? {}, body: response.body ?? '' };
  });
}
