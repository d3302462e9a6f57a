import * as z from 'zod';
import type { ApiClient, Page } from '../api-client.ts';
import { ApiRefusal } from '../api-client.ts';
import type { Column } from '../columns.ts';
import { placeRefusal, type WrittenDocument } from '../document-files.ts';
import { Failure } from '../failure.ts';
import { type Format, printList, say } from '../output.ts';
import { nameOfTarget, nameOfWho } from './report.ts';

const decided = z.looseObject({ outcome: z.string(), level: z.string(), policy: z.string().nullable() });
const change = z.looseObject({
  who: z.looseObject({}),
  portal: z.string(),
  server: z.string().optional(),
  tool: z.string().optional(),
  change: z.string(),
  from: decided,
  to: decided,
});
const answer = z.looseObject({
  changes: z.array(change),
  subjects: z.number(),
  warnings: z.array(z.object({ at: z.string(), message: z.string() })),
  notes: z.array(z.string()),
});

const written = ({ outcome, level, policy }: z.output<typeof decided>): string =>
  `${outcome} (${policy ?? `no ${level} policy`})`;

const cell =
  (show: (row: z.output<typeof change>) => string): Column[1] =>
  (row) =>
    show(change.parse(row));

const columns: readonly Column[] = [
  ['WHO', cell(({ who }) => nameOfWho(who))],
  ['CHANGE', cell((row) => row.change)],
  ['ON', cell(nameOfTarget)],
  ['FROM', cell(({ from }) => written(from))],
  ['TO', cell(({ to }) => written(to))],
];

export interface ComparedDocuments {
  from?: readonly WrittenDocument[];
  to: readonly WrittenDocument[];
}

/** Prints who would gain and who would lose access. @throws Failure with file and line of a fault. */
export async function printDifference(
  api: ApiClient,
  format: Format,
  { from, to }: ComparedDocuments,
): Promise<void> {
  const values = (documents: readonly WrittenDocument[]) => documents.map(({ value }) => value);
  const body = { documents: values(to), ...(from ? { from: values(from) } : {}) };
  const refused = (error: unknown): never => {
    if (!(error instanceof ApiRefusal)) throw error;
    const inFrom = error.at?.startsWith('from[') === true;
    const at = inFrom ? error.at?.replace(/^from/, 'documents') : error.at;
    throw new Failure(placeRefusal(inFrom && from ? from : to, error.message, at));
  };
  const found = answer.parse(await api.call('POST', '/policies/diff', { body }).catch(refused));
  const list: Page = { items: found.changes, next: null };
  const nothing = `Nobody of ${found.subjects} gains or loses access.`;
  if (format === 'table') printList(format, columns, list, nothing);
  else printList(format, columns, { ...found, ...list }, nothing);
  for (const { at, message } of found.warnings) say(`Look at ${placeRefusal(to, message, at)}`);
  for (const note of found.notes) say(`Note: ${note}`);
}
