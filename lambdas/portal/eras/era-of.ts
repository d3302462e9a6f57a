import { trimOws } from '../header-value.ts';
import { isObject, type JsonObject } from '../json.ts';
import { LEGACY_VERSIONS, meta } from '../protocol.ts';

/**
 * The era that a request belongs to (2026-07-28, versioning): what its `_meta` claims; a header that names no
 * legacy version, except on `initialize`; else legacy.
 */
export function eraOf(
  method: string,
  params: JsonObject,
  versionHeader: string | undefined,
): 'modern' | 'legacy' {
  if (isObject(params._meta) && Object.hasOwn(params._meta, meta.version)) return 'modern';
  if (method === 'initialize' || versionHeader === undefined) return 'legacy';
  return LEGACY_VERSIONS.has(trimOws(versionHeader)) ? 'legacy' : 'modern';
}
