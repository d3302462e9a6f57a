import { stringify } from 'yaml';
import type { Page, Row } from './api-client.ts';
import type { Column } from './columns.ts';
import { renderTable } from './table.ts';

export const FORMATS = ['table', 'json', 'yaml'] as const;
export type Format = (typeof FORMATS)[number];

function printData(format: 'json' | 'yaml', value: unknown): void {
  process.stdout.write(format === 'json' ? `${JSON.stringify(value, null, 2)}\n` : stringify(value));
}

const table = (columns: readonly Column[], rows: readonly Row[]) =>
  renderTable(
    columns.map(([heading]) => heading),
    rows.map((row) => columns.map(([, cell]) => cell(row))),
  );

/** Prints a list: a table, or `{items, next}` as data. */
export function printList(format: Format, columns: readonly Column[], list: Page, nothing: string): void {
  if (format !== 'table') printData(format, list);
  else if (list.items.length > 0) process.stdout.write(table(columns, list.items));
  else say(nothing);
}

/** Prints one thing: a table of one row, or the thing itself as data. */
export function printOne(format: Format, columns: readonly Column[], item: Row): void {
  if (format === 'table') process.stdout.write(table(columns, [item]));
  else printData(format, item);
}

/** Prints what was done: a sentence, or the thing itself as data. */
export function printDone(format: Format, sentence: string, item: unknown): void {
  if (format === 'table') process.stdout.write(`${sentence}\n`);
  else printData(format, item);
}

/** For the person at the terminal, beside the output proper. */
export function say(text: string): void {
  process.stderr.write(`${text}\n`);
}
