import { App } from 'aws-cdk-lib/core';
import { readConfiguration } from '../lib/configuration.ts';
import { SallyportStack } from '../lib/sallyport-stack.ts';
import configuration from '../sallyport.config.ts';

const app = new App();
const name = String(app.node.tryGetContext('env') ?? 'production');
const origin: unknown = app.node.tryGetContext('origin');
try {
  const environment = readConfiguration(configuration, name, typeof origin === 'string' ? { origin } : {});
  new SallyportStack(app, environment.name, environment);
  app.synth();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
