import { PEOPLE } from '../cognito/people.ts';
import type { Ports } from './ports.ts';

interface SummaryOptions {
  origin: string;
  ports: Ports;
  dataFolder: string;
  demo: boolean;
  /** Resource types of the template that have no effect here. */
  unsupported: readonly string[];
}

/** What is printed once everything answers: what runs, the people, how to connect. */
export function summary({ origin, ports, dataFolder, demo, unsupported }: SummaryOptions): string {
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

function table(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`.trimEnd());
}
