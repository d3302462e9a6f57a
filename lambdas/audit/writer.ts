import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SallyportError } from '../shared/errors.ts';
import { logger } from '../shared/logger.ts';
import { count } from '../shared/metrics.ts';
import { dynamodb } from '../shared/table.ts';
import { createChain } from './chain.ts';
import { payloadItem } from './payload-item.ts';
import type { AuditWriter, Payload } from './record.ts';
import { authenticationFields, changeFields, intentFields, outcomeFields } from './record-fields.ts';
import { createRecordIds } from './record-id.ts';
import { storeRecord, storeWithPayload } from './store-record.ts';
import type { RecordFields, StoredRecord } from './stored-record.ts';

export interface AuditWriterOptions {
  /** Table names. */
  audit: string;
  payloads: string;
  retentionDays: number;
  client?: DynamoDBClient;
  /** Epoch milliseconds. */
  now?: () => number;
}

/**
 * Makes the writer of this execution environment: create it once, at module load. Its records form one hash
 * chain. Each call rejects with SallyportError `audit_unavailable` 503 when the record is not known to be
 * stored; the chain then ends there, and the next record begins a new one that names it.
 */
export function createAuditWriter(options: AuditWriterOptions): AuditWriter {
  const { audit, payloads, retentionDays, client = dynamodb } = options;
  const nextId = createRecordIds(options.now);
  const link = createChain(retentionDays);

  const write = async (
    fields: RecordFields,
    store = (record: StoredRecord) => storeRecord(client, audit, record),
  ) => {
    const { record, broken } = link(fields, nextId());
    try {
      await store(record);
    } catch (error) {
      broken();
      count('AuditRefused');
      logger.error('audit record not stored', {
        chain: record.chain,
        seq: record.seq,
        error: error instanceof Error ? error : String(error),
      });
      throw unavailable(error);
    }
  };

  const preparePayload = async (exchange: string, payload: Payload) => {
    const ttl = Math.floor((options.now ?? Date.now)() / 1000) + retentionDays * 86_400;
    return payloadItem(exchange, payload, ttl);
  };

  return {
    intent: (exchange) => write(intentFields(exchange)),
    outcome: async (exchange, outcome, payload) => {
      if (!payload) return write(outcomeFields(exchange, outcome));
      const item = await preparePayload(exchange.exchange, payload);
      return write(outcomeFields(exchange, outcome, item.sha256), (record) =>
        storeWithPayload(client, { audit, payloads }, record, item),
      );
    },
    authentication: (event) => write(authenticationFields(event)),
    change: (event) => write(changeFields(event)),
  };
}

const unavailable = (cause: unknown) =>
  new SallyportError(
    'audit_unavailable',
    503,
    'The record of this request could not be stored, and nothing may go unrecorded. Please try again shortly.',
    { cause },
  );
