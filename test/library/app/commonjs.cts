import { App, Stack } from 'aws-cdk-lib/core';
import { defineConfiguration, readConfiguration, Sallyport, SallyportStack } from 'sallyport';

const configuration = defineConfiguration({
  environments: { production: { name: 'Acme-AI', owners: ['it@acme.example'], portals: ['default'] } },
});
const environment = readConfiguration(configuration, 'production');
const app = new App();
new SallyportStack(app, environment.name, environment);
const refused = new Stack(app, 'Refused');
try {
  // @ts-expect-error: no environment without owners.
  new Sallyport(refused, 'Door', { name: 'Acme-AI', portals: ['default'] });
  console.error('not refused');
} catch (error) {
  console.log(error instanceof Error ? error.message : error);
}
refused.node.scope?.node.tryRemoveChild('Refused');
app.synth();
