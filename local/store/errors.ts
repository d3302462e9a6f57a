/** An error in the form DynamoDB answers with: a status and a body with `__type`. */
export class StoreError extends Error {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;

  constructor(type: string, message: string, options: { status?: number; members?: object } = {}) {
    super(message);
    this.status = options.status ?? 400;
    this.body = { __type: type, message, ...options.members };
  }
}

const MODEL = 'com.amazonaws.dynamodb.v20120810';
const SERVICE = 'com.amazon.coral.service';

export const modelError = (name: string, message: string, members: object = {}): StoreError =>
  new StoreError(`${MODEL}#${name}`, message, { members });

export const validationError = (message: string): StoreError =>
  new StoreError('com.amazon.coral.validate#ValidationException', message);

export const serviceError = (name: string, message: string, status = 400): StoreError =>
  new StoreError(`${SERVICE}#${name}`, message, { status });

/** What the store does not have is refused aloud: a silent no-op would make a test pass that AWS fails. */
export const unsupported = (what: string): StoreError =>
  serviceError('UnknownOperationException', `The local table store does not support ${what}.`);

export const isConditionFailure = (error: unknown): error is StoreError =>
  error instanceof StoreError && error.body.__type === `${MODEL}#ConditionalCheckFailedException`;
