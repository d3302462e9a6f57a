import { PEOPLE } from '../cognito/people.ts';
import type { Ports } from './ports.ts';

interface SummaryOptions {
  origin: string;
  ports: Ports;
  dataFolder: string;
  demo: boolean;
  /** Resource types of the template that have no effect here. */
  unsupported: readonly string[];
  /** Descriptions of alarms that nothing here can raise. */
  notEvaluated: readonly string[];
}

/** What is printed once everything answers: what runs, the people, how to connect. */
export function summary({
  origin,
  ports,
  dataFolder,
  demo,
  unsupported,
  notEvaluated,
}: SummaryOptions): string {
  const rows: [string, string][] = [
    ['Portal', `${origin}/mcp`],
    ['Page for people', `${origin}/`],
    ['Admin API', `${origin}/api/v1`],
    ['User pool', `http://127.0.0.1:${ports.cognito}`],
    ['Tables', `http://127.0.0.1:${ports.store}`],
    ['S3, KMS, Events, SQS', `http://127.0.0.1:${ports.services}`],
  ];
  if (demo) {
    rows.push(['Sample "everything"', `http://127.0.0.1:${ports.everything}/mcp`]);
    rows.push(['Sample HR directory', `http://127.0.0.1:${ports.hr}/mcp`]);
  }
  rows.push(['Data and logs', dataFolder]);
  if (unsupported.length > 0) rows.push(['Without effect here', unsupported.join(', ')]);
  if (notEvaluated.length > 0) rows.push(['Alarms not judged', notEvaluated.map(idOf).join(', ')]);
  const people = PEOPLE.map(({ username, email, groups, about }): [string, string] => [
    username,
    `${email.padEnd(20)} ${groups.join(', ').padEnd(12)} ${about}`,
  ]);
  return [
    'Sallyport runs on this machine',
    ...table(rows),
    '',
    'People (choose one on the sign-in page)',
    ...table(people),
    '',
    'Connect',
    `  Claude Code   claude mcp add --transport http sallyport ${origin}/mcp`,
    `  any client    ${origin}/mcp, Streamable HTTP; it signs in with OAuth`,
    '  headless      npm run sallyport -- token --person alice',
    '  administer    npm run sallyport -- login --person dana',
    '',
  ].join('\n');
}

/** The id that an alarm's description begins with. */
const idOf = (description: string): string => /^Sallyport (\w+):/.exec(description)?.[1] ?? description;

function table(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`.trimEnd());
}
