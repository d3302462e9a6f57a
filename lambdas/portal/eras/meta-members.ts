import { type JsonObject, without } from '../json.ts';
import { meta } from '../protocol.ts';

const RESERVED: ReadonlySet<string> = new Set([
  meta.version,
  meta.clientCapabilities,
  meta.clientInfo,
  meta.logLevel,
  'progressToken',
]);
const META: ReadonlySet<string> = new Set(['_meta']);

/** The members of a request's `_meta` that belong to the caller and go on to the server. */
export const ownMembers = (all: JsonObject): JsonObject => without(all, RESERVED);

export const withoutMeta = (params: JsonObject): JsonObject => without(params, META);
