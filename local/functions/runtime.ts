import { existsSync } from 'node:fs';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { pathToFileURL } from 'node:url';
import * as z from 'zod/mini';
import { encodeFrame, FrameReader, type FunctionFailure, frame, type Invocation } from './frames.ts';
import { awslambda, isStreaming, ResponseStream } from './response-stream.ts';

interface Handler {
  streaming: boolean;
  call: (...parameters: unknown[]) => unknown;
}

const CHANNEL = 3;
const channel = new Socket({ fd: CHANNEL, readable: true, writable: true });
/** The host is gone: nobody is left to answer to. */
channel.on('close', () => process.exit(0));
channel.on('error', () => process.exit(0));

const environment = z
  .object({
    _HANDLER: z.string(),
    LAMBDA_TASK_ROOT: z.string(),
    AWS_LAMBDA_FUNCTION_NAME: z.string(),
    AWS_LAMBDA_FUNCTION_VERSION: z.string(),
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: z.string(),
    AWS_LAMBDA_LOG_GROUP_NAME: z.string(),
    AWS_LAMBDA_LOG_STREAM_NAME: z.string(),
  })
  .parse(process.env);

/** Imports `<file>.<export>` from the code folder, as Lambda resolves a handler. */
async function loadHandler(): Promise<Handler> {
  const at = environment._HANDLER.lastIndexOf('.');
  const base = join(environment.LAMBDA_TASK_ROOT, environment._HANDLER.slice(0, at));
  const file = ['.mjs', '.js', '.cjs'].map((extension) => base + extension).find((path) => existsSync(path));
  if (!file) throw new Error(`Cannot find module '${environment._HANDLER.slice(0, at)}'`);
  const loaded: Record<string, unknown> = await import(pathToFileURL(file).href);
  const handler = loaded[environment._HANDLER.slice(at + 1)];
  if (typeof handler !== 'function') throw new Error(`${environment._HANDLER} is undefined or not exported`);
  return {
    streaming: isStreaming(handler),
    call: (...parameters) => Reflect.apply(handler, undefined, parameters),
  };
}

function contextOf(invocation: Invocation) {
  return {
    callbackWaitsForEmptyEventLoop: true,
    awsRequestId: invocation.requestId,
    invokedFunctionArn: invocation.functionArn,
    functionName: environment.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: environment.AWS_LAMBDA_FUNCTION_VERSION,
    memoryLimitInMB: environment.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: environment.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: environment.AWS_LAMBDA_LOG_STREAM_NAME,
    getRemainingTimeInMillis: () => invocation.deadline - Date.now(),
  };
}

/** Frames of one turn of the event loop leave in one system call. */
function send(bytes: Buffer): boolean {
  if (channel.writableCorked === 0) {
    channel.cork();
    setImmediate(() => channel.uncork());
  }
  return channel.write(bytes);
}

async function answer(handler: Handler, invocation: Invocation): Promise<void> {
  const context = contextOf(invocation);
  if (!handler.streaming) {
    const result = await handler.call(invocation.event, context);
    send(encodeFrame(frame.chunk, JSON.stringify(result ?? null)));
    return;
  }
  const stream = new ResponseStream((bytes, done) => {
    if (bytes.byteLength === 0 || send(encodeFrame(frame.chunk, bytes))) done();
    else channel.once('drain', done);
  });
  await Promise.all([finished(stream), handler.call(invocation.event, stream, context)]);
}

function failureOf(error: unknown): FunctionFailure {
  if (error instanceof Error) return { errorType: error.name, errorMessage: error.message };
  return { errorType: typeof error, errorMessage: String(error) };
}

async function serve(handler: Handler, invocation: Invocation): Promise<void> {
  try {
    await answer(handler, invocation);
    send(encodeFrame(frame.end));
  } catch (error) {
    console.error(error);
    send(encodeFrame(frame.failed, JSON.stringify(failureOf(error))));
  }
}

Object.assign(globalThis, { awslambda });
const handler = await loadHandler();
const reader = new FrameReader((_type, payload) => void serve(handler, JSON.parse(payload.toString())));
channel.on('data', (bytes: Buffer) => reader.push(bytes));
channel.write(encodeFrame(frame.ready));
