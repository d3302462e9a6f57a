import type { Item } from '../shared/table.ts';

/** What to read: sort keys from `from` (inclusive) up to `below` (exclusive). */
export interface Window {
  from: string;
  below: string;
}

/** Which records a page wants, and how many. */
export interface Wanted {
  window: Window;
  matches: (item: Item) => boolean;
  limit: number;
}

/** Records, newest first, and the sort key down to which everything was looked at; null when all was. */
export interface Found {
  items: Item[];
  position: string | null;
}
