import { code, RpcError } from '../json-rpc.ts';
import { MODERN_VERSION } from '../protocol.ts';

/** The portal serves one modern version; the error lists what `server/discover` lists. */
export function checkProtocolVersion(version: string): void {
  if (version === MODERN_VERSION) return;
  throw new RpcError(code.unsupportedVersion, 'This protocol version is not supported.', {
    status: 400,
    data: { supported: [MODERN_VERSION], requested: version },
  });
}
