import { App } from 'aws-cdk-lib/core';
import * as z from 'zod';
import { readConfiguration } from '../../lib/configuration.ts';
import { SallyportStack } from '../../lib/sallyport-stack.ts';
import configuration from '../../sallyport.config.ts';

const template = z.object({
  Resources: z.record(
    z.string(),
    z.object({
      Type: z.string(),
      Properties: z
        .object({
          Environment: z.object({ Variables: z.record(z.string(), z.unknown()) }).optional(),
        })
        .optional(),
    }),
  ),
});

/** Stands for whatever the deployment fills in; shaped so that a schema for names and ARNs takes it. */
const FILLED_IN = 'arn:aws:kms:eu-west-1:123456789012:key/00000000-0000-4000-8000-000000000000';

/** The environment of every function as the template declares it, by its service name (`<capability>-<name>`). */
export function functionEnvironments(): Map<string, Record<string, string>> {
  const app = new App({ context: { '@aws-cdk/core:validateAgainstDefaultRules': false } });
  const environment = readConfiguration(configuration, 'embedded');
  new SallyportStack(app, environment.name, environment);
  const { Resources } = template.parse(app.synth().getStackByName(environment.name).template);
  const found = new Map<string, Record<string, string>>();
  for (const { Properties } of Object.values(Resources)) {
    const variables = Properties?.Environment?.Variables;
    const service = variables?.POWERTOOLS_SERVICE_NAME;
    if (!variables || typeof service !== 'string') continue;
    const plain = Object.entries(variables).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : FILLED_IN,
    ]);
    found.set(service, Object.fromEntries(plain));
  }
  return found;
}
