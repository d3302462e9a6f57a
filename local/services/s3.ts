import type { IncomingMessage, ServerResponse } from 'node:http';
import { ServiceError } from './aws-json.ts';
import { ObjectFiles, type StoredObject } from './object-files.ts';
import type { Caller } from './permission.ts';
import { everyHeaderKnown } from './s3-headers.ts';

/** An answer of S3. */
interface Answer {
  status: number;
  headers?: Record<string, string | number>;
  body?: Buffer;
}

interface Target {
  bucket: string;
  key: string;
  arn: string;
}

/** GetObject, HeadObject and PutObject of Amazon S3, path style. */
export class Objects {
  readonly #files: ObjectFiles;
  readonly #buckets: ReadonlySet<string>;

  constructor(folder: string, buckets: readonly string[]) {
    this.#files = new ObjectFiles(folder);
    this.#buckets = new Set(buckets);
  }

  /** Answers a request, errors included, in S3's form. */
  async answer(
    request: IncomingMessage,
    response: ServerResponse,
    body: Buffer,
    callerOf: () => Caller,
  ): Promise<void> {
    const {
      status,
      headers,
      body: content,
    } = await this.#perform(request, body, callerOf).catch(toErrorAnswer);
    const bodyless = request.method === 'HEAD';
    response.writeHead(status, { 'content-length': content?.length ?? 0, ...headers });
    response.end(bodyless ? undefined : content);
  }

  async #perform(request: IncomingMessage, body: Buffer, callerOf: () => Caller): Promise<Answer> {
    const [path = '', query = ''] = (request.url ?? '/').split('?', 2);
    const target = targetOf(path);
    rejectUnsupported(request, new URLSearchParams(query), target);
    const caller = callerOf();
    if (!this.#buckets.has(target.bucket))
      throw new ServiceError('NoSuchBucket', 'The specified bucket does not exist', 404);
    if (request.method === 'PUT') return this.#put(request, target, body, caller);
    return this.#get(target, caller);
  }

  async #get(target: Target, caller: Caller): Promise<Answer> {
    caller.require('s3:GetObject', target.arn);
    const object = await this.#files.read(target.bucket, target.key);
    if (object) return { status: 200, headers: headersOf(object), body: object.body };
    if (caller.may('s3:ListBucket', `arn:aws:s3:::${target.bucket}`))
      throw new ServiceError('NoSuchKey', 'The specified key does not exist.', 404);
    throw new ServiceError(
      'AccessDenied',
      `There is no object ${target.arn}; without s3:ListBucket on the bucket S3 does not admit that.`,
      403,
    );
  }

  async #put(request: IncomingMessage, target: Target, body: Buffer, caller: Caller): Promise<Answer> {
    caller.require('s3:PutObject', target.arn);
    const etag = await this.#files.write(target.bucket, target.key, {
      contentType: request.headers['content-type'] ?? 'application/octet-stream',
      body,
      onlyIfNew: request.headers['if-none-match'] === '*',
    });
    if (etag !== undefined) return { status: 200, headers: { etag } };
    throw new ServiceError(
      'PreconditionFailed',
      'At least one of the pre-conditions you specified did not hold',
      412,
    );
  }
}

/** Takes the path as it was sent: in a key `..` is a name like any other. */
function targetOf(path: string): Target {
  const [, bucket = '', ...rest] = path.split('/');
  const key = decodeURIComponent(rest.join('/'));
  return { bucket, key, arn: `arn:aws:s3:::${bucket}/${key}` };
}

function rejectUnsupported(request: IncomingMessage, query: URLSearchParams, { bucket, key }: Target): void {
  const operation = query.get('x-id') ?? `${request.method} ${request.url}`;
  const supported = ['GET', 'HEAD', 'PUT'].includes(request.method ?? '') && bucket !== '' && key !== '';
  const parameters = [...query.keys()].filter((name) => name !== 'x-id');
  if (!supported || parameters.length > 0)
    throw new ServiceError('NotImplemented', `The local S3 does not support ${operation}.`, 501);
  everyHeaderKnown(request.headers, operation);
}

const headersOf = (object: StoredObject): Record<string, string> => ({
  'content-type': object.contentType,
  etag: object.etag,
  'last-modified': object.lastModified,
});

function toErrorAnswer(error: unknown): Answer {
  const known = error instanceof ServiceError;
  if (!known) console.error(error);
  const denied = known && error.type === 'AccessDeniedException';
  const code = denied ? 'AccessDenied' : known ? error.type : 'InternalError';
  const message = known ? error.message : 'The local S3 failed; its log says why.';
  const escaped = message.replace(/[<>&]/g, (character) => `&#${character.charCodeAt(0)};`);
  return {
    status: denied ? 403 : known ? error.status : 500,
    headers: { 'content-type': 'application/xml' },
    body: Buffer.from(
      `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${escaped}</Message></Error>`,
    ),
  };
}
