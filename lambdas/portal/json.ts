declare global {
  /** ECMAScript "JSON.parse source text access". */
  interface JSON {
    rawJSON(text: string): RawNumber;
    isRawJSON(value: unknown): value is RawNumber;
    parse(
      text: string,
      reviver: (this: unknown, key: string, value: unknown, context: { source?: string }) => unknown,
    ): unknown;
  }
}

/** A number whose digits a double cannot hold; `JSON.stringify` writes it as it was read. */
export interface RawNumber {
  readonly rawJSON: string;
}

export type JsonObject = Record<string, unknown>;

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A copy without some members; every other member is kept as it is. */
export const without = (object: JsonObject, members: ReadonlySet<string>): JsonObject =>
  Object.fromEntries(Object.entries(object).filter(([member]) => !members.has(member)));

/** Only numbers of 16 characters and more, or with an exponent, can lose digits. */
const LOSSY = /[:[,\s]-?(?:[\d.]{16}|[\d.]+[eE])/;

/**
 * Nothing sensible is nested deeper. Much deeper, writing it runs out of stack: a stranger's data would look like a
 * fault of ours, on which new versions are taken back.
 */
const DEEPEST = 256;

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((member) => isDeeper(member, levels - 1));
}

/**
 * Parses JSON so that writing it again gives the same data: numbers beyond a double keep their digits.
 * @throws SyntaxError, also for what is nested too deeply.
 */
export function parseJson(text: string): unknown {
  const value = parse(text);
  // Each level takes two characters.
  if (text.length > 2 * DEEPEST && isDeeper(value, DEEPEST))
    throw new SyntaxError(`nested more than ${DEEPEST} levels deep`);
  return value;
}

function parse(text: string): unknown {
  if (!LOSSY.test(text)) return JSON.parse(text) as unknown;
  return JSON.parse(text, (_key, value: unknown, { source }) =>
    typeof value === 'number' && source !== undefined && String(value) !== source
      ? JSON.rawJSON(source)
      : value,
  );
}
