import { randomUUID } from 'node:crypto';
import { appendFile } from 'node:fs/promises';
import * as z from 'zod';
import { ACCOUNT, REGION } from '../iam/authorizer.ts';
import { readParameters, ServiceError } from './aws-json.ts';
import type { Caller } from './permission.ts';

const putEvents = z.strictObject({
  Entries: z
    .array(
      z.strictObject({
        EventBusName: z.string().optional(),
        Source: z.string().optional(),
        DetailType: z.string().optional(),
        Detail: z.string().optional(),
        Resources: z.array(z.string()).optional(),
        Time: z.number().optional(),
      }),
    )
    .min(1)
    .max(10),
});
type Entry = z.output<typeof putEvents>['Entries'][number];

/** AWS's limit on the entries of one request together, in bytes. */
const MAX_BYTES = 1024 * 1024;
const KEPT = 1000;

/** An event as a rule's target would see it. */
export interface BusEvent {
  id: string;
  bus: string;
  source: string;
  'detail-type': string;
  time: string;
  resources: readonly string[];
  detail: Record<string, unknown>;
}

const detailSchema = z.record(z.string(), z.unknown());
const arnOf = (bus: string): string => `arn:aws:events:${REGION}:${ACCOUNT}:event-bus/${bus}`;
const nameOf = ({ EventBusName = 'default' }: Entry): string => EventBusName.replace(arnOf(''), '');

/** PutEvents of Amazon EventBridge: the last events are kept in memory, all of them in a file of JSON lines. */
export class EventBuses {
  readonly #file: string;
  readonly #buses: ReadonlySet<string>;
  readonly #events: BusEvent[] = [];

  constructor(file: string, buses: readonly string[]) {
    this.#file = file;
    this.#buses = new Set(buses);
  }

  get events(): readonly BusEvent[] {
    return this.#events;
  }

  async perform(operation: string, body: Buffer, caller: Caller): Promise<object> {
    if (operation !== 'PutEvents')
      throw new ServiceError(
        'UnknownOperationException',
        `The local EventBridge does not support the operation ${operation}.`,
      );
    const { Entries } = readParameters(putEvents, body);
    for (const entry of Entries) caller.require('events:PutEvents', arnOf(nameOf(entry)));
    if (body.length > MAX_BYTES)
      throw new ServiceError(
        'ValidationException',
        'Total size of the entries in the request is over the limit.',
      );
    const results = Entries.map((entry) => this.#accept(entry));
    const accepted = results.filter((result) => 'id' in result);
    this.#events.push(...accepted);
    this.#events.splice(0, Math.max(0, this.#events.length - KEPT));
    await appendFile(this.#file, accepted.map((event) => `${JSON.stringify(event)}\n`).join(''));
    return {
      FailedEntryCount: results.length - accepted.length,
      Entries: results.map((result) => ('id' in result ? { EventId: result.id } : result)),
    };
  }

  #accept(entry: Entry): BusEvent | { ErrorCode: string; ErrorMessage: string } {
    const bus = nameOf(entry);
    if (!this.#buses.has(bus))
      throw new ServiceError('ResourceNotFoundException', `Event bus ${bus} does not exist.`);
    for (const name of ['Source', 'DetailType', 'Detail'] as const)
      if (!entry[name])
        return {
          ErrorCode: 'InvalidArgument',
          ErrorMessage: `Parameter ${name} is not valid. Reason: ${name} is a required argument.`,
        };
    const detail = readDetail(entry.Detail ?? '');
    if (!detail) return { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' };
    return {
      id: randomUUID(),
      bus,
      source: entry.Source ?? '',
      'detail-type': entry.DetailType ?? '',
      time: new Date(entry.Time === undefined ? Date.now() : entry.Time * 1000).toISOString(),
      resources: entry.Resources ?? [],
      detail,
    };
  }
}

function readDetail(text: string): Record<string, unknown> | undefined {
  try {
    return detailSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
