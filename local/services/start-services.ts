import { mkdir } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import type { Alarms } from '../cloudwatch/alarms.ts';
import { DescribedAlarms } from '../cloudwatch/describe-alarms.ts';
import type { Authorizer } from '../iam/authorizer.ts';
import { ServiceError } from './aws-json.ts';
import { type BusEvent, EventBuses } from './event-bus.ts';
import { KeyManagement } from './kms.ts';
import { listenOnLoopback, readBody } from './loopback.ts';
import type { MessageQueue, QueueView } from './message-queue.ts';
import { callerOf } from './permission.ts';
import { Objects } from './s3.ts';
import { Secrets, type SecretView } from './secrets.ts';
import { Queues } from './sqs.ts';
import { WebAcls, type WebAclView } from './web-acl.ts';

const MAX_BODY = 64 * 1024 * 1024;
const INTERNAL_FAILURE = new ServiceError('InternalFailure', 'The stand-in failed; its log says why.', 500);

export interface ServicesOptions {
  /** 0 for any free port. */
  port: number;
  /** Where objects, master keys, events and messages are kept. */
  folder: string;
  buckets: readonly string[];
  /** Ids of KMS keys, without the ARN's prefix. */
  keyIds: readonly string[];
  eventBuses: readonly string[];
  queues: readonly QueueView[];
  secrets?: readonly SecretView[];
  webAcls?: readonly WebAclView[];
  alarms?: Alarms;
  authorize: Authorizer;
}

export interface RunningServices {
  /** The endpoint of S3 (path style), KMS, EventBridge and SQS. */
  endpoint: string;
  /** The last events put on any bus, oldest first. */
  events: () => readonly BusEvent[];
  /** As CloudFormation's dynamic references read it. @throws ServiceError when there is no such value. */
  secretValue: (secretId: string, stage: string) => string;
  /** @throws Error when there is no such queue. */
  queue: (arn: string) => MessageQueue;
  close: () => Promise<void>;
}

/** A service that speaks AWS JSON. */
interface JsonService {
  perform(operation: string, body: Buffer, caller: ReturnType<typeof callerOf>): Promise<object>;
}

/** Starts the stand-ins for S3, KMS, EventBridge and SQS on the loopback interface. */
export async function startServices(options: ServicesOptions): Promise<RunningServices> {
  const { folder, authorize } = options;
  await mkdir(folder, { recursive: true });
  const objects = new Objects(join(folder, 's3'), options.buckets);
  const buses = new EventBuses(join(folder, 'events.jsonl'), options.eventBuses);
  const queues = new Queues(join(folder, 'sqs'), options.queues);
  const secrets = new Secrets(join(folder, 'secrets'), options.secrets ?? []);
  const services = new Map<string, JsonService>([
    ['TrentService', new KeyManagement(join(folder, 'kms'), options.keyIds)],
    ['AWSEvents', buses],
    ['AmazonSQS', queues],
    ['secretsmanager', secrets],
    ...(options.alarms
      ? ([['GraniteServiceVersion20100801', new DescribedAlarms(options.alarms)]] as const)
      : []),
    ['AWSWAF_20190729', new WebAcls(options.webAcls ?? [])],
  ]);

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const caller = () => callerOf(request.headers.authorization, authorize);
    const body = await readBody(request, MAX_BODY);
    const target = request.headers['x-amz-target']?.toString();
    if (!body) return sendJson(response, 413, { message: 'The request is over 64 MB.' });
    if (target === undefined) return objects.answer(request, response, body, caller);
    const [name = '', operation = ''] = target.split('.', 2);
    const service = services.get(name);
    try {
      if (!service)
        throw new ServiceError(
          'UnknownOperationException',
          `The embedded cloud has no stand-in for ${target}.`,
        );
      sendJson(response, 200, await service.perform(operation, body, caller()));
    } catch (error) {
      sendError(response, error);
    }
  };

  const server = await listenOnLoopback(options.port, (request, response) => {
    handle(request, response).catch((error: unknown) => {
      console.error(error);
      response.destroy();
    });
  });
  return {
    endpoint: server.origin,
    events: () => buses.events,
    secretValue: (secretId, stage) => secrets.value(secretId, stage),
    queue: (arn) => queues.byArn(arn),
    close: server.close,
  };
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body));
}

function sendError(response: ServerResponse, error: unknown): void {
  const known = error instanceof ServiceError;
  if (!known) console.error(error);
  const { status, type, message } = known ? error : INTERNAL_FAILURE;
  sendJson(response, status, { __type: type, message });
}
