import { App } from 'aws-cdk-lib/core';
import { readConfiguration } from '../lib/configuration.ts';
import { SallyportStack } from '../lib/sallyport-stack.ts';
import { loadConfiguration } from './configuration-file.ts';

const app = new App();
/** What `-c NAME=VALUE` says. */
const option = (name: string): string | undefined => {
  const value: unknown = app.node.tryGetContext(name);
  return typeof value === 'string' && value !== '' ? value : undefined;
};
const name = option('env') ?? 'production';
const origin = option('origin');
try {
  const { input, source } = await loadConfiguration(option('config') ?? process.env.SALLYPORT_CONFIG);
  const environment = readConfiguration(input, name, origin ? { origin } : {}, source);
  new SallyportStack(app, environment.name, environment);
  // The embedded cloud starts what was judged before.
  if (process.env.CDK_VALIDATION !== 'false') (await import('../lib/gates/add-gates.ts')).addGates(app);
  app.synth();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
