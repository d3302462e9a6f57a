import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { Kind } from '../shared/documents/kinds.ts';
import { logger } from '../shared/logger.ts';

/** What others may want to know of a change; never the document itself. */
export interface DocumentChanged {
  kind: Kind;
  id: string;
  change: 'created' | 'updated' | 'deleted' | 'synced';
  version?: number;
  /** The person's id. */
  by: string;
}

export type Announce = (changes: readonly DocumentChanged[]) => Promise<void>;

const bus = new EventBridgeClient({});

/** What one PutEvents takes. */
const BATCH_LIMIT = 10;

/**
 * Puts `Document Changed` events on the bus. A bus that does not take them does not undo the change, which is
 * stored with its version and recorded: it is logged.
 */
export const announceOn =
  (busName: string): Announce =>
  async (changes) => {
    for (let start = 0; start < changes.length; start += BATCH_LIMIT) {
      const Entries = changes.slice(start, start + BATCH_LIMIT).map((change) => ({
        EventBusName: busName,
        Source: 'sallyport',
        DetailType: 'Document Changed',
        Detail: JSON.stringify(change),
      }));
      try {
        const { FailedEntryCount } = await bus.send(new PutEventsCommand({ Entries }));
        if (FailedEntryCount) logger.error('events not accepted', { count: FailedEntryCount });
      } catch (error) {
        logger.error('events not sent', { error: error instanceof Error ? error : String(error) });
      }
    }
  };
