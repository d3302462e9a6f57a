import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import { readTemplate } from '../../lib/gates/template.ts';
import { dangersOf, type Recorded, recordOf } from './stateful-resources.ts';
import { makeEverything, makeStack } from './template.ts';

/**
 * Records what a release deploys as the state that the next one updates from: `npm run build`,
 * `node test/lib/record-stateful-resources.ts`, `npm run format`.
 */
const file = join(import.meta.dirname, 'stateful-resources.json');
const before = JSON.parse(readFileSync(file, 'utf8')) as { configurations: Record<string, Recorded> };
const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8'));
const configurations: Record<string, Recorded> = {};
for (const [name, stack] of [
  ['production', makeStack('production')],
  ['everything', makeEverything()],
] as const) {
  const template = readTemplate(Template.fromStack(stack).toJSON());
  for (const danger of dangersOf(before.configurations[name] ?? {}, template)) console.warn(danger);
  configurations[name] = recordOf(template);
}
writeFileSync(file, `${JSON.stringify({ version, configurations }, null, 2)}\n`);
