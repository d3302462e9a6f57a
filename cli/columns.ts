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

const minutes = (value: unknown) => write(value).slice(0, 16).replace('T', ' ');

const ID = at('ID', 'metadata.id');
const VERSION = at('VERSION', 'metadata.version');

/** When the secrets of a service token end, the newest first. */
function secretExpiries(row: Row): string {
  const secrets = look(row, 'status.secrets');
  return Array.isArray(secrets) ? secrets.map((one) => minutes(look(one, 'expiresAt'))).join(', ') : '';
}

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
  RuleGroup: [ID, at('TITLE', 'spec.title'), at('INCLUDE', 'spec.include'), VERSION],
  List: [ID, at('TITLE', 'spec.title'), at('TYPE', 'spec.type'), at('ITEMS', 'spec.items.length'), VERSION],
  ExternalEvaluation: [ID, at('TITLE', 'spec.title'), at('URL', 'spec.url'), VERSION],
  ServiceToken: [
    ID,
    at('TITLE', 'spec.title'),
    at('ENABLED', 'spec.enabled'),
    at('SIGNS IN WITH', 'status.authentication'),
    ['SECRETS EXPIRE (UTC)', secretExpiries],
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

/** A person by their address, a service token by its id. */
function who(row: Row): string {
  const service = look(row, 'service.id');
  return service
    ? `service token ${write(service)}`
    : write(look(row, 'person.email') ?? look(row, 'person.id'));
}

export const auditColumns: readonly Column[] = [
  ['TIME (UTC)', (row) => write(row.time).slice(5, 19).replace('T', ' ')],
  ['WHO', who],
  ['WHAT', (row) => write(row.method ?? row.activity ?? row.type)],
  ['ON', subject],
  ['STATUS', (row) => write(row.status ?? (row.type === 'intent' ? 'intent' : ''))],
  [
    'REASON',
    (row) => write(look(row, 'decision.allowed') === false ? look(row, 'decision.reason') : row.reason),
  ],
];

/** The applications of a sign-in by their names. */
function applicationNames(row: Row): string {
  const { applications } = row;
  if (!Array.isArray(applications)) return '';
  return applications.map((one) => write(look(one, 'name') ?? look(one, 'client'))).join(', ');
}

export const sessionColumns: readonly Column[] = [
  at('ID', 'id'),
  at('PERSON', 'person.email'),
  at('DEVICE', 'device.label'),
  at('ADDRESS', 'device.ip'),
  ['SIGNED IN (UTC)', (row) => minutes(row.signedInAt)],
  ['APPLICATIONS', applicationNames],
];

export const clientColumns: readonly Column[] = [
  at('KEY', 'key'),
  at('NAME', 'name'),
  at('HOSTS', 'hosts'),
  at('STATUS', 'status'),
  at('ASKED BY', 'askedBy'),
  ['ASKED (UTC)', (row) => minutes(row.askedAt)],
  at('DECIDED BY', 'decidedBy'),
];

export const whoAmIColumns: readonly Column[] = [
  at('PERSON', 'person.email'),
  at('NAME', 'person.name'),
  at('GROUPS', 'person.groups'),
  at('ROLE', 'role'),
];

export const row = z.record(z.string(), z.unknown());

export const deviceColumns: readonly Column[] = [
  at('ID', 'id'),
  at('PERSON', 'person'),
  at('REPORTED', 'reportedAt'),
  at('CHECKS', 'checks'),
];

export const deviceReportColumns: readonly Column[] = [
  at('ID', 'id'),
  at('PERSON', 'person'),
  at('RESULT', 'result'),
];

export const riskColumns: readonly Column[] = [
  at('PERSON', 'email'),
  at('RISK', 'level'),
  at('UNTIL', 'expiresAt'),
  at('BY', 'by'),
  at('REASON', 'reason'),
];

export const approvalColumns: readonly Column[] = [
  at('ID', 'id'),
  at('PERSON', 'email'),
  at('POLICY', 'policy'),
  at('STATUS', 'status'),
  at('UNTIL', 'until'),
  at('REASON', 'reason'),
];
