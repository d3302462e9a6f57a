/** The width that every table fits into. */
export const TABLE_WIDTH = 100;
const GAP = 2;
const NARROWEST = 6;

/** Text from servers and people could otherwise steer the terminal or break the row. */
export const printable = (text: string) => text.replace(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ');

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
const characters = (text: string) => Array.from(graphemes.segment(text), ({ segment }) => segment);
const lengthOf = (text: string) => characters(text).length;

const shorten = (text: string, width: number) =>
  lengthOf(text) <= width
    ? text
    : `${characters(text)
        .slice(0, width - 1)
        .join('')}…`;

/** Widths that fit: the widest gives way first, the first column (it names the row) only after all others. */
function narrow(widths: readonly number[], room: number): number[] {
  const [first = 0, ...others] = widths;
  let excess = widths.reduce((sum, width) => sum + width, 0) - room;
  while (excess > 0 && others.some((width) => width > NARROWEST)) {
    const widest = Math.max(...others);
    others[others.indexOf(widest)] = widest - 1;
    excess -= 1;
  }
  return [first - Math.max(excess, 0), ...others];
}

/** A table of text with a line of headings, at most 100 columns wide. */
export function renderTable(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = [headings, ...rows].map((row) => row.map(printable));
  const natural = headings.map((_, column) => Math.max(...cells.map((row) => lengthOf(row[column] ?? ''))));
  const widths = narrow(natural, TABLE_WIDTH - GAP * (headings.length - 1));
  const lines = cells.map((row) =>
    widths
      .map((width, column) => {
        const text = shorten(row[column] ?? '', width);
        return text + ' '.repeat(width - lengthOf(text));
      })
      .join(' '.repeat(GAP))
      .trimEnd(),
  );
  return `${lines.join('\n')}\n`;
}
