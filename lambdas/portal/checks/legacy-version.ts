import {
  findLegacyVersion,
  type LegacyVersion,
  legacyVersions,
  WITHOUT_HEADER,
} from '../eras/legacy-versions.ts';
import { trimOws } from '../header-value.ts';
import { code, RpcError } from '../json-rpc.ts';

/**
 * The version of a legacy request, by its header (2025-06-18, protocol version header). A client that never sends
 * the header is one of 2025-03-26, or is served as such.
 */
export function checkLegacyVersion(header: string | undefined): LegacyVersion {
  if (header === undefined) return WITHOUT_HEADER;
  const requested = trimOws(header);
  const known = findLegacyVersion(requested);
  if (known) return known;
  const supported = legacyVersions.map(({ version }) => version);
  throw new RpcError(
    code.invalidRequest,
    `This protocol version is not supported: use one of ${supported.join(', ')}.`,
    { status: 400, data: { supported, requested } },
  );
}
