import type { SnapshotServer } from '../../policy/snapshot.ts';
import type { HeaderParameter } from '../header-parameters.ts';
import type { JsonObject } from '../json.ts';

export interface Notification {
  method: string;
  params: JsonObject;
}

/** One request to a server, in the portal's internal form: the server's own names, no protocol `_meta`. */
export interface UpstreamCall {
  server: Pick<SnapshotServer, 'id' | 'url' | 'era'>;
  /** Who uses the portal: sessions of legacy servers belong to one person or service token each. */
  holder: string;
  method: string;
  params: JsonObject;
  /** The caller's `_meta` members that are not the protocol's own. */
  meta: JsonObject;
  clientCapabilities: JsonObject;
  progressToken: unknown;
  /** The least severe log message that the caller wants; undefined for none. */
  logLevel: string | undefined;
  headerParameters: readonly HeaderParameter[];
  /** Reading only: may be sent twice when a connection dies. */
  repeatable: boolean;
  signal: AbortSignal;
  onNotification: (notification: Notification) => void;
}
