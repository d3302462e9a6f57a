/** Attributes of the user pool that every provider may be mapped to; others are claims by their own name. */
export const GROUPS = 'groups';
export const METHODS = 'amr';

const PREFIX = 'custom:';
const MOST_VALUES = 500;
const LONGEST = 256;

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}

/**
 * The values of an attribute. The pool writes several as `[one, two%2Fthree]`, comma-separated and form-encoded, and one
 * as it is. @see https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-specifying-attribute-mapping.html
 */
export function valuesOf(text: string): string[] {
  const several = text.startsWith('[') && text.endsWith(']');
  const parts = several
    ? text
        .slice(1, -1)
        .split(',')
        .map((part) => decoded(unquoted(part.trim())))
    : [text];
  return parts.filter((value) => value !== '' && value.length <= LONGEST).slice(0, MOST_VALUES);
}

/** Lists that came as JSON keep its quotes. */
const unquoted = (part: string): string => (/^".*"$/.test(part) ? part.slice(1, -1) : part);

/** What a provider said of somebody beyond name and address; what it did not say is unknown, and left out. */
export interface ProviderAttributes {
  groups?: string[];
  authenticationMethods?: string[];
  claims: Record<string, string[]>;
}

/**
 * The attributes of an ID token that the provider is mapped to now: the pool keeps others from earlier mappings.
 * @param mapped names without `custom:`.
 */
export function providerAttributes(
  claims: Readonly<Record<string, unknown>>,
  mapped: readonly string[],
): ProviderAttributes {
  const found: Omit<ProviderAttributes, 'claims'> = {};
  const said: [string, string[]][] = [];
  for (const name of mapped) {
    const value = claims[`${PREFIX}${name}`];
    if (typeof value !== 'string' || value === '') continue;
    if (name === GROUPS) found.groups = valuesOf(value);
    else if (name === METHODS) found.authenticationMethods = valuesOf(value);
    else said.push([name, valuesOf(value)]);
  }
  return { ...found, claims: Object.fromEntries(said) };
}
