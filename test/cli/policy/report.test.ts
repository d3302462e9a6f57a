import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { documentFilesIn } from '../../../cli/document-files.ts';
import { objectArgument, testBody, timeArgument } from '../../../cli/policy/options.ts';
import { testAnswer, testReport } from '../../../cli/policy/report.ts';

const answer = (more: object = {}) =>
  testAnswer.parse({
    who: { id: 'p_1', email: 'alice@example.com' },
    target: { portal: 'default', server: 'hr', tool: 'pay' },
    decision: { allowed: false, outcome: 'denied', reason: 'No policy allows you.' },
    trace: [
      {
        level: 'server',
        policy: 'engineers',
        action: 'allow',
        matched: false,
        because: 'include group "engineering" did not match',
        actual: ['sales', 'support'],
        unknown: false,
        groups: [],
      },
    ],
    change: [
      {
        level: 'server',
        steps: [
          {
            policy: 'engineers',
            action: 'allow',
            should: 'match',
            of: 'all',
            needs: [{ text: 'include group "engineering": has ["sales","support"]' }],
          },
        ],
      },
    ],
    notes: ['Unknown here: risk.'],
    ...more,
  });

describe('the report of a test', () => {
  it('names who, what, why, and what would have to change', () => {
    const report = testReport(answer());
    expect(report).toContain(
      'alice@example.com at hr pay: DENIED\nNo policy allows you.\nNote: Unknown here: risk.',
    );
    expect(report).toMatch(/engineers +server +allow +no +include group .* +sales, support/);
    expect(report).toContain(
      'Would be allowed if, one of:\n1. allow policy "engineers" would have to match:',
    );
  });

  it('says of an approval what would end it', () => {
    const decision = { allowed: true, outcome: 'allowed', reason: 'Allowed.' };
    expect(testReport(answer({ decision }))).toContain('Would be refused if:');
  });

  it('cannot be steered by texts of somebody else', () => {
    const decision = { allowed: false, outcome: 'denied', reason: 'No.\u001B[2J\nALLOWED' };
    const report = testReport(answer({ decision }));
    expect(report).not.toContain('\u001B');
    expect(report).not.toContain('\nALLOWED');
  });
});

describe('the options of a test', () => {
  it('are said to the API by its own names', () => {
    const body = testBody({ person: 'a', args: { amount: 1 }, whatIf: { risk: 'high' }, exitCode: true });
    expect(JSON.parse(JSON.stringify(body))).toEqual({
      person: 'a',
      arguments: { amount: 1 },
      overrides: { risk: 'high' },
    });
  });

  it('refuse what is neither an object nor a time', () => {
    for (const text of ['[]', 'null', '1', '{']) expect(() => objectArgument(text)).toThrow(/JSON object/);
    expect(() => timeArgument('noon')).toThrow(/time such as/);
    expect(timeArgument('2026-11-02T10:00:00+01:00')).toBe('2026-11-02T09:00:00.000Z');
  });
});

describe('files to compare', () => {
  it('are those of a folder, at whatever depth', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'sallyport-files-'));
    await mkdir(join(folder, 'teams'));
    for (const name of ['b.yaml', 'teams/a.yml', 'c.json', 'README.md'])
      await writeFile(join(folder, name), '');
    expect(await documentFilesIn([folder, '-'])).toEqual([
      ...['b.yaml', 'c.json', 'teams/a.yml'].map((name) => join(folder, name)),
      '-',
    ]);
    await rm(join(folder, 'teams'), { recursive: true });
    await rm(join(folder, 'b.yaml'));
    await rm(join(folder, 'c.json'));
    await expect(documentFilesIn([folder])).rejects.toThrow(/no YAML or JSON/);
    await rm(folder, { recursive: true });
  });
});
