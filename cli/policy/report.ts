import * as z from 'zod';
import { printable, renderTable } from '../table.ts';

const step = z.object({
  level: z.string(),
  policy: z.string(),
  action: z.string(),
  matched: z.boolean(),
  because: z.string(),
  actual: z.unknown().optional(),
  unknown: z.boolean(),
  groups: z.array(z.object({ group: z.string(), selector: z.string().nullable() })),
});

/** What `policy test` is answered. */
export const testAnswer = z.looseObject({
  who: z.union([z.object({ email: z.string() }), z.object({ serviceToken: z.string() })]),
  target: z.object({ portal: z.string(), server: z.string().optional(), tool: z.string().optional() }),
  decision: z.looseObject({
    allowed: z.boolean(),
    outcome: z.enum(['allowed', 'held', 'denied']),
    reason: z.string(),
  }),
  trace: z.array(step),
  change: z.array(
    z.object({
      level: z.string(),
      steps: z.array(
        z.object({
          policy: z.string(),
          action: z.string(),
          should: z.string(),
          of: z.enum(['all', 'any']),
          needs: z.array(z.object({ text: z.string() })),
        }),
      ),
    }),
  ),
  notes: z.array(z.string()),
});
export type TestAnswer = z.output<typeof testAnswer>;

export const nameOfWho = (who: object): string => {
  if ('serviceToken' in who) return `service token ${String(who.serviceToken)}`;
  return 'email' in who ? String(who.email) : '';
};

export const nameOfTarget = ({ portal, server, tool }: TestAnswer['target']): string =>
  tool === undefined ? (server ?? `portal ${portal}`) : `${server} ${tool}`;

function has({ actual, unknown }: z.output<typeof step>): string {
  if (actual === undefined || actual === null) return unknown ? 'unknown' : '';
  if (Array.isArray(actual) && actual.every((one) => typeof one === 'string')) return actual.join(', ');
  return typeof actual === 'string' ? actual : JSON.stringify(actual);
}

function traceTable(trace: TestAnswer['trace']): string {
  const rows = trace.map((one) => [
    one.policy,
    one.level,
    one.action,
    one.matched ? 'matches' : 'no',
    [one.because, ...one.groups.map(({ group, selector }) => `${group}: ${selector ?? 'includes'}`)].join(
      '; ',
    ),
    has(one),
  ]);
  return renderTable(['POLICY', 'LEVEL', 'ACTION', 'RESULT', 'BECAUSE', 'HAS'], rows);
}

function wayLines({ steps }: TestAnswer['change'][number], index: number): string[] {
  return steps.flatMap(({ policy, action, should, of, needs }, at) => [
    `${at === 0 ? `${index + 1}.` : '   and'} ${action} policy "${policy}" would have to ${should}${needs.length > 1 ? ` (${of} of these)` : ''}:`,
    ...needs.map(({ text }) => `     - ${text}`),
  ]);
}

/** The answer of `policy test` for somebody at a terminal. */
export function testReport({ who, target, decision, trace, change, notes }: TestAnswer): string {
  const { outcome, reason, allowed } = decision;
  const lines = [
    `${nameOfWho(who)} at ${nameOfTarget(target)}: ${outcome.toUpperCase()}`,
    reason,
    ...notes.map((note) => `Note: ${note}`),
  ];
  const how = allowed ? 'Would be refused if:' : 'Would be allowed if, one of:';
  const ways = change.length > 0 ? ['', how, ...change.flatMap(wayLines)] : [];
  const shown = (texts: string[]) => texts.map((text) => `${printable(text)}\n`).join('');
  const table = trace.length > 0 ? `\n${traceTable(trace)}` : '';
  return shown(lines) + table + shown(ways);
}
