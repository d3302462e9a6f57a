import { DEVICE_GRANT } from '../flows/device-code.ts';
import { JWT_BEARER } from '../flows/identity-assertion.ts';
import { isLoopback, isPrivateScheme } from './redirect-rules.ts';

/** Grants that a client has which asks for none. */
export const BASIC_GRANT_TYPES: readonly string[] = ['authorization_code', 'refresh_token'];

/** Grants that clients may ask for in a deployment that serves these. */
export const servedGrantTypes = ({
  deviceCode = false,
  assertionIssuers = [],
}: {
  deviceCode?: boolean;
  assertionIssuers?: readonly unknown[];
}): readonly string[] => [
  ...BASIC_GRANT_TYPES,
  ...(deviceCode ? [DEVICE_GRANT] : []),
  ...(assertionIssuers.length > 0 ? [JWT_BEARER] : []),
];

export const LONGEST_URI = 2_000;
const LONGEST_NAME = 100;

/** A name that people can read: no control or direction-changing characters, which could disguise it. */
export function readableName(name: string): string {
  return name
    .replace(/[\p{C}\p{Zl}\p{Zp}]/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, LONGEST_NAME)
    .replace(/\p{Cs}$/u, '');
}

/** What is left of the grants that a client asks for: those that are served, and always the code. */
export function narrowGrantTypes(asked: unknown, served: readonly string[]): string[] {
  const wanted: readonly unknown[] = Array.isArray(asked) ? asked : BASIC_GRANT_TYPES;
  return served.filter((type) => type === 'authorization_code' || wanted.includes(type));
}

/** `native` is what lets a client listen on any loopback port (RFC 8252 section 7.3). */
export const applicationType = (redirectUris: readonly string[]): 'native' | 'web' =>
  redirectUris.some((uri) => isLoopback(uri) || isPrivateScheme(uri)) ? 'native' : 'web';
