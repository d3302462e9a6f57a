import { trimOws } from '../header-value.ts';
import { isObject, type JsonObject } from '../json.ts';
import { MODERN_VERSION, meta } from '../protocol.ts';

/** Versions are dates; those before the modern one are legacy, whether there ever was one of that day or not. */
const isLegacy = (version: string): boolean =>
  /^\d{4}-\d{2}-\d{2}$/.test(version) && version < MODERN_VERSION;

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
  return isLegacy(trimOws(versionHeader)) ? 'legacy' : 'modern';
}
