import { describe, expect, it } from '@jest/globals';
import { missingLines, readSteps } from './guide.ts';

const guide = `# A guide

\`\`\`sh not-run
npm ci
\`\`\`

\`\`\`sh
list things
\`\`\`

Says:

\`\`\`text
NAME   …
one    1
\`\`\`

\`\`\`sh fails
remove things
\`\`\`

\`\`\`sh within-15-seconds
look again
\`\`\`

\`\`\`yaml
not: run
\`\`\`
`;

describe('the steps of a guide', () => {
  it('are its commands with the output shown for them', () => {
    expect(readSteps(guide)).toEqual([
      { line: 7, command: 'list things', fails: false, patience: 0, output: ['NAME   …', 'one    1'] },
      { line: 18, command: 'remove things', fails: true, patience: 0, output: [] },
      { line: 22, command: 'look again', fails: false, patience: 15, output: [] },
    ]);
  });
});

describe('output as the guide shows it', () => {
  it('may be spaced otherwise and have more lines', () => {
    expect(missingLines(['NAME …', 'one 1'], 'NAME      AGE\nzero 0\none       1\n')).toEqual([]);
  });

  it('lacks a line that is different, or that comes too early', () => {
    expect(missingLines(['one 2'], 'one 1')).toEqual(['one 2']);
    expect(missingLines(['one 1', 'zero 0'], 'zero 0\none 1')).toEqual(['zero 0']);
  });

  it('takes … for any text within a line, and no line for a part of one', () => {
    expect(missingLines(['ready …/mcp'], 'ready http://127.0.0.1:1/mcp')).toEqual([]);
    expect(missingLines(['read'], 'ready')).toEqual(['read']);
  });
});
