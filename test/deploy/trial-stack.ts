import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
} from '@aws-sdk/client-cloudformation';
import type { Emulator } from './emulator.ts';
import { clientOptions } from './stack.ts';
import { until } from './until.ts';

export interface Trial {
  /** Why resources could not be made; empty when all were. */
  reasons: string[];
  outputs: ReadonlyMap<string, string>;
}

/** Deploys a small template, hands over what came of it, and deletes it. */
export async function tryTemplate<Found>(
  emulator: Emulator,
  template: object,
  look: (trial: Trial) => Promise<Found>,
): Promise<Found> {
  const client = new CloudFormationClient(clientOptions(emulator));
  const StackName = 'Trial';
  const TemplateBody = JSON.stringify(template);
  const create = new CreateStackCommand({ StackName, TemplateBody, Capabilities: ['CAPABILITY_IAM'] });
  const refusal = await client.send(create).then(
    () => undefined,
    (error: unknown) => String(error),
  );
  if (refusal !== undefined) return look({ reasons: [refusal], outputs: new Map() });
  try {
    const stack = await until('end of a trial deployment', 30, async () => {
      const { Stacks: [found] = [] } = await client.send(new DescribeStacksCommand({ StackName }));
      return found?.StackStatus?.endsWith('IN_PROGRESS') ? undefined : found;
    });
    const { StackEvents = [] } = await client.send(new DescribeStackEventsCommand({ StackName }));
    return await look({
      reasons: StackEvents.flatMap(({ ResourceStatus, ResourceStatusReason }) =>
        ResourceStatus?.endsWith('FAILED') ? (ResourceStatusReason ?? '') : [],
      ),
      outputs: new Map(
        stack.Outputs?.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]),
      ),
    });
  } finally {
    await client.send(new DeleteStackCommand({ StackName }));
  }
}
