import * as z from 'zod';

/** An error of a service that speaks AWS JSON 1.1. */
export class ServiceError extends Error {
  readonly type: string;
  readonly status: number;

  constructor(type: string, message: string, status = 400) {
    super(message);
    this.type = type;
    this.status = status;
  }
}

/** Parameters through a strict schema: a parameter that the stand-in does not act on is an error. */
export function readParameters<Schema extends z.ZodType>(schema: Schema, body: Buffer): z.output<Schema> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body.toString('utf8'));
  } catch (cause) {
    throw new ServiceError('SerializationException', `The body is no JSON: ${(cause as Error).message}`);
  }
  const result = schema.safeParse(parsed);
  if (!result.success) throw new ServiceError('ValidationException', z.prettifyError(result.error));
  return result.data;
}

/** Bytes in base64, as AWS JSON carries blobs. */
export const blob = z.base64().transform((text) => Buffer.from(text, 'base64'));
