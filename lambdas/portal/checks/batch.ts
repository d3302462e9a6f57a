import { findLegacyVersion, WITHOUT_HEADER } from '../eras/legacy-versions.ts';
import { trimOws } from '../header-value.ts';
import { code, RpcError } from '../json-rpc.ts';

/** Messages of one batch; clients send a few at most, and each may ask a server. */
export const MOST_MESSAGES = 50;

const invalid = (message: string) => new RpcError(code.invalidRequest, message, { status: 400 });

/** A batch, which 2025-03-26 alone has; an empty one is not valid (JSON-RPC 2.0 section 6). */
export function checkBatch(messages: readonly unknown[], versionHeader: string | undefined): void {
  const version = versionHeader === undefined ? WITHOUT_HEADER : findLegacyVersion(trimOws(versionHeader));
  if (!version?.batches) throw invalid('This protocol version has no batches: send one message per request.');
  if (messages.length === 0) throw invalid('The batch is empty: send at least one message.');
  if (messages.length > MOST_MESSAGES)
    throw invalid(`The batch has ${messages.length} messages: send at most ${MOST_MESSAGES} at once.`);
}
