import { DefaultStackSynthesizer, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { meetDemands } from './account/demands.ts';
import { parseEnvironment, type SallyportProps } from './configuration.ts';
import { Sallyport } from './sallyport.ts';

/** One deployment of Sallyport as a stack. */
export class SallyportStack extends Stack {
  /** @throws Error listing every fault of the properties. */
  constructor(scope: Construct, id: string, props: SallyportProps) {
    const configuration = parseEnvironment(props, `What ${id} was given`);
    const { id: account, region, qualifier } = configuration.account;
    super(scope, id, {
      description: 'Sallyport: one guarded door between AI clients and MCP servers',
      ...(account && region ? { env: { account, region } } : {}),
      ...(qualifier ? { synthesizer: new DefaultStackSynthesizer({ qualifier }) } : {}),
    });
    const { outputs } = new Sallyport(this, 'Sallyport', configuration);
    for (const output of outputs) output.overrideLogicalId(output.node.id);
    // What the CDK adds to a stack for itself has to meet them too.
    meetDemands(this, configuration);
  }
}
