import type { JsonObject } from '../json.ts';
import type { RequestId } from '../json-rpc.ts';
import type { LegacyVersion } from './legacy-versions.ts';

/** The protocol that a caller speaks. */
export type Spoken = { era: 'modern' } | { era: 'legacy'; legacy: LegacyVersion };

/** A caller's request in the portal's one internal form. */
export type PortalRequest = Spoken & RequestContent;

interface RequestContent {
  id: RequestId;
  method: string;
  /** Without `_meta`. */
  params: JsonObject;
  /** `_meta` members that are not the protocol's own: trace context, vendors' keys. */
  meta: JsonObject;
  progressToken: unknown;
  /** The least severe log message that the caller wants; undefined for none. */
  logLevel: string | undefined;
  /** What a server may count on: the caller's capabilities that the portal can relay. */
  clientCapabilities: JsonObject;
  clientName: string | undefined;
  headers: Readonly<Record<string, string>>;
}
