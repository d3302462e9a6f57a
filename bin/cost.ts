import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib/core';
import { readConfiguration } from '../lib/configuration.ts';
import { SallyportStack } from '../lib/sallyport-stack.ts';
import configuration from '../sallyport.config.ts';
import { costTable, inventoryOf } from './cost/monthly-cost.ts';
import { SCENARIOS } from './cost/scenarios.ts';

const GUIDE = join(import.meta.dirname, '../docs/guide/deploy.md');

/** The table of the guide: of the sample configuration as it is synthesized now. */
function table(): string {
  const app = new App({ builtinCloudFormationValidation: false });
  const stack = new SallyportStack(app, 'Cost', readConfiguration(configuration, 'production'));
  const { template } = app.synth().getStackByName(stack.stackName);
  return costTable(inventoryOf(Object.values(template.Resources)), SCENARIOS);
}

const made = table();
console.log(made);
if (process.argv.includes('--write')) {
  const guide = readFileSync(GUIDE, 'utf8');
  writeFileSync(
    GUIDE,
    guide.replace(/\| US dollars in a month[\s\S]*?\n\n/, () => `${made}\n\n`),
  );
}
