/**
 * An error whose message may be shown to the caller: it says what was wrong, where, and what to do.
 * `code` is stable and machine readable, `status` the HTTP status it answers with.
 */
export class SallyportError extends Error {
  readonly code: string;
  readonly status: number;
  /** Where in the input: a path such as `spec.servers[0]`, a header or a parameter name. */
  readonly at: string | undefined;

  constructor(code: string, status: number, message: string, options: { at?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'SallyportError';
    this.code = code;
    this.status = status;
    this.at = options.at;
  }
}

/** The body every JSON endpoint of ours answers an error with. */
export interface ErrorBody {
  error: { code: string; message: string; at?: string };
}

/** The public form of any thrown value: details of unexpected errors stay in the log. */
export function toErrorBody(error: unknown): { status: number; body: ErrorBody } {
  if (error instanceof SallyportError) {
    const { code, message, at, status } = error;
    return { status, body: { error: { code, message, ...(at === undefined ? {} : { at }) } } };
  }
  return {
    status: 500,
    body: {
      error: { code: 'internal_error', message: 'Something went wrong on our side. Please try again.' },
    },
  };
}
