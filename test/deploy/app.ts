import { App, Aspects } from 'aws-cdk-lib/core';
import * as z from 'zod';
import { loadConfiguration } from '../../bin/configuration-file.ts';
import { readConfiguration } from '../../lib/configuration.ts';
import { SallyportStack } from '../../lib/sallyport-stack.ts';
import { CloseGaps } from './close-gaps.ts';

const { SALLYPORT_CONFIG, EMULATOR_URL } = z
  .object({ SALLYPORT_CONFIG: z.string(), EMULATOR_URL: z.url() })
  .parse(process.env);
const { input, source } = await loadConfiguration(SALLYPORT_CONFIG);
const environment = readConfiguration(input, 'emulator', {}, source);
const app = new App({ analyticsReporting: false });
const stack = new SallyportStack(app, environment.name, environment);
const gaps = new CloseGaps(new URL(EMULATOR_URL));
Aspects.of(stack).add(gaps);
app.synth();
if (gaps.unused.length > 0) {
  console.error(`test/deploy/gaps.ts lists what nothing needs any more: ${gaps.unused.join(', ')}`);
  process.exitCode = 1;
}
