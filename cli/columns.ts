import * as z from 'zod';
import type { Kind } from '../lambdas/shared/documents/kinds.ts';
import type { Row } from './api-client.ts';

/** A column of a table: its heading and what it shows of a row. */
export type Column = readonly [heading: string, cell: (row: Row) => string];

/** Looks up a path of member names in an answer; absent is undefined. */
function look(row: unknown, path: string): unknown {
  let value: unknown = row;
  for (const name of path.split('.')) {
    value =
      typeof value === 'object' && value !== null && Object.hasOwn(value, name)
        ? Reflect.get(value, name)
        : undefined;
  }
  return value;
}

function write(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (Array.isArray(value)) return value.map(write).join(', ');
  if (typeof value === 'string') return value;
  if (typeof value !== 'object') return JSON.stringify(value);
  return Object.entries(value)
    .map(([name, member]) => (member === true ? name : `${name} ${write(member)}`))
    .join(', ');
}

const at = (heading: string, path: string): Column => [heading, (row) => write(look(row, path))];

const ID = at('ID', 'metadata.id');
const VERSION = at('VERSION', 'metadata.version');

/** How documents of each kind are listed. */
export const documentColumns: Record<Kind, readonly Column[]> = {
  Portal: [
    ID,
    at('TITLE', 'spec.title'),
    at('SERVERS', 'spec.servers'),
    at('POLICIES', 'spec.policies'),
    at('PAYLOADS', 'spec.payloads'),
    VERSION,
  ],
  Server: [
    ID,
    at('SLUG', 'spec.slug'),
    at('URL', 'spec.url'),
    at('POLICIES', 'spec.policies'),
    at('SYNC', 'status.sync'),
    at('TOOLS', 'status.tools'),
    VERSION,
  ],
  Policy: [
    ID,
    at('ACTION', 'spec.action'),
    at('INCLUDE', 'spec.include'),
    at('REQUIRE', 'spec.require'),
    at('EXCLUDE', 'spec.exclude'),
    VERSION,
  ],
};

export const appliedColumns: readonly Column[] = [
  at('KIND', 'kind'),
  at('ID', 'id'),
  at('RESULT', 'result'),
  at('VERSION', 'version'),
  [
    'SYNC',
    (row) => (row.sync ? `${write(look(row, 'sync.status'))}, ${write(look(row, 'sync.tools'))} tools` : ''),
  ],
];

/** What a record is about: a tool of a server, a document, a step of a sign-in. */
function subject(row: Row): string {
  const document = look(row, 'document');
  if (document) return `${write(look(row, 'document.kind'))} ${write(look(row, 'document.id'))}`;
  const tool = [row.server, row.tool].filter(Boolean).map(write).join(' ');
  return tool || write(look(row, 'client.name') ?? look(row, 'client.id'));
}

export const auditColumns: readonly Column[] = [
  ['TIME (UTC)', (row) => write(row.time).slice(5, 19).replace('T', ' ')],
  ['PERSON', (row) => write(look(row, 'person.email') ?? look(row, 'person.id'))],
  ['WHAT', (row) => write(row.method ?? row.activity ?? row.type)],
  ['ON', subject],
  ['STATUS', (row) => write(row.status ?? (row.type === 'intent' ? 'intent' : ''))],
  [
    'REASON',
    (row) => write(look(row, 'decision.allowed') === false ? look(row, 'decision.reason') : row.reason),
  ],
];

export const whoAmIColumns: readonly Column[] = [
  at('PERSON', 'person.email'),
  at('NAME', 'person.name'),
  at('GROUPS', 'person.groups'),
  at('ROLE', 'role'),
];

export const row = z.record(z.string(), z.unknown());
