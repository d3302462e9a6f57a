import { trimOws } from '../header-value.ts';
import { code, RpcError } from '../json-rpc.ts';
import { LEGACY_VERSION } from '../protocol.ts';

/**
 * Legacy requests after `initialize` name the negotiated version; without the header the newest one is meant,
 * the only one that `initialize` answers with.
 */
export function checkLegacyVersion(header: string | undefined, method: string): void {
  if (header === undefined || method === 'initialize' || trimOws(header) === LEGACY_VERSION) return;
  throw new RpcError(
    code.invalidRequest,
    `This protocol version is not supported: use ${LEGACY_VERSION}, which initialize answers with.`,
    { status: 400 },
  );
}
