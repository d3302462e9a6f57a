/** DynamoDB bills a write by the started kilobyte; the attribute names count. */
export const ITEM_LIMIT = 1024;

/** Text that may be cut, the most expendable first, and the bytes that stay of it before the next one is cut. */
const EXPENDABLE: readonly (readonly [name: string, keep: number])[] = [
  ['agent', 48],
  ['clientName', 32],
  ['serviceTitle', 32],
  ['reason', 96],
  ['client', 64],
  ['method', 48],
  ['tool', 64],
  ['document', 64],
  ['kind', 16],
  ['before', 24],
  ['after', 24],
  ['ip', 40],
  ['email', 80],
];

const bytesOf = (text: string): number => Buffer.byteLength(text);

/** An item's size as DynamoDB counts it, numbers rounded up. */
export function itemSize(item: object): number {
  let size = 0;
  for (const [name, value] of Object.entries(item)) {
    if (value !== undefined)
      size += bytesOf(name) + (typeof value === 'string' ? bytesOf(value) : valueSize(value));
  }
  return size;
}

/** Two digits to a byte, one byte for the exponent and one for the sign; a boolean is one byte. */
const valueSize = (value: unknown): number =>
  typeof value === 'number' ? Math.ceil(String(value).length / 2) + 2 : 1;

/** Cuts text to at most this many bytes of UTF-8, ending in `…[+N]` for the N UTF-16 units left out. */
export function cut(text: string, bytes: number): string {
  if (bytesOf(text) <= bytes) return text;
  // Room for the longest marker that can be needed.
  let room = bytes - bytesOf(`…[+${text.length}]`);
  let kept = 0;
  for (const character of text.slice(0, bytes)) {
    room -= bytesOf(character);
    if (room < 0) break;
    kept += character.length;
  }
  return `${text.slice(0, kept)}…[+${text.length - kept}]`;
}

const wellFormed = (item: object): boolean =>
  Object.values(item).every((value) => typeof value !== 'string' || value.isWellFormed());

/**
 * Shortens text until the item is within the limit: first the least important down to what it keeps, then
 * the next. Makes text well formed, since the store holds UTF-8 only. Most items come back as they are.
 */
export function fitItem<Item extends object>(item: Item, limit = ITEM_LIMIT): Item {
  if (wellFormed(item) && itemSize(item) <= limit) return item;
  const fitted: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(item)) {
    fitted[name] = typeof value === 'string' ? value.toWellFormed() : value;
  }
  let excess = itemSize(fitted) - limit;
  for (const [name, keep] of EXPENDABLE) {
    if (excess <= 0) break;
    const value = fitted[name];
    if (typeof value !== 'string') continue;
    const shorter = cut(value, Math.max(keep, bytesOf(value) - excess));
    excess -= bytesOf(value) - bytesOf(shorter);
    fitted[name] = shorter;
  }
  return fitted as Item;
}
