import { hash } from 'node:crypto';

/**
 * JSON with members in the order of their UTF-16 code units and no white space (RFC 8785), so that equal
 * values have equal text. Members that are undefined are left out, as `JSON.stringify` does.
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  let members = '';
  for (const name of Object.keys(value).sort()) {
    const member: unknown = Reflect.get(value, name);
    if (member === undefined) continue;
    members += `${members === '' ? '' : ','}${JSON.stringify(name)}:${canonicalJson(member)}`;
  }
  return `{${members}}`;
}

/** The SHA-256 of a value's canonical JSON, in hexadecimal. */
export const contentHash = (value: unknown): string => hash('sha256', canonicalJson(value), 'hex');
