import {
  CloudFormationClient,
  DescribeStacksCommand,
  paginateDescribeStackEvents,
  paginateListStackResources,
  type StackResourceSummary,
} from '@aws-sdk/client-cloudformation';
import { STACK, type Template } from './cdk.ts';
import type { Emulator } from './emulator.ts';

export const clientOptions = (emulator: Emulator) => ({
  endpoint: emulator.url.origin,
  region: 'us-east-1',
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
});

/** What the emulator says it made of a stack. */
export class DeployedStack {
  readonly #emulator: Emulator;
  readonly #id: string;
  readonly #resources: readonly StackResourceSummary[];

  private constructor(emulator: Emulator, id: string, resources: readonly StackResourceSummary[]) {
    this.#emulator = emulator;
    this.#id = id;
    this.#resources = resources;
  }

  static async read(emulator: Emulator): Promise<DeployedStack> {
    const client = new CloudFormationClient(clientOptions(emulator));
    const { Stacks: [stack] = [] } = await client.send(new DescribeStacksCommand({ StackName: STACK }));
    const resources: StackResourceSummary[] = [];
    for await (const page of paginateListStackResources({ client }, { StackName: STACK }))
      resources.push(...(page.StackResourceSummaries ?? []));
    return new DeployedStack(emulator, stack?.StackId ?? '', resources);
  }

  /**
   * The physical id of a resource.
   * @param logicalId how its logical id begins; what follows is the construct's own "Resource" and a hash.
   */
  physicalId(type: string, logicalId = ''): string {
    const ids = this.physicalIds(type, logicalId);
    if (ids.length === 1 && ids[0]) return ids[0];
    throw new Error(
      `The stack has ${ids.length} resources ${type} whose logical id begins with ${logicalId}.`,
    );
  }

  physicalIds(type: string, logicalId = ''): string[] {
    return this.#resources
      .filter(
        (resource) => resource.ResourceType === type && resource.LogicalResourceId?.startsWith(logicalId),
      )
      .flatMap(({ PhysicalResourceId }) => PhysicalResourceId ?? []);
  }

  /** The host name that viewers reach the deployment's distribution by. */
  async distributionHost(): Promise<string> {
    const id = this.physicalId('AWS::CloudFront::Distribution');
    const answer = await fetch(new URL(`/2020-05-31/distribution/${id}`, this.#emulator.url));
    const [, host] = /<DomainName>([^<]+\.cloudfront\.net)</.exec(await answer.text()) ?? [];
    if (host) return host;
    throw new Error(`The emulator answered ${answer.status} when asked about the distribution ${id}.`);
  }

  /** What became of each resource last, by logical id; of a deleted stack too. */
  async lastStatuses(): Promise<ReadonlyMap<string, string>> {
    const client = new CloudFormationClient(clientOptions(this.#emulator));
    const statuses = new Map<string, string>();
    for await (const { StackEvents = [] } of paginateDescribeStackEvents({ client }, { StackName: this.#id }))
      for (const { LogicalResourceId = '', ResourceStatus = '' } of StackEvents)
        if (!statuses.has(LogicalResourceId)) statuses.set(LogicalResourceId, ResourceStatus);
    return statuses;
  }

  /** Resources of the template that were not made, or only as placeholders; each with what became of it. */
  missing({ Resources }: Template): string[] {
    const made = new Map(this.#resources.map((resource) => [resource.LogicalResourceId, resource]));
    return Object.entries(Resources).flatMap(([logicalId, { Type }]) => {
      const { ResourceStatus = 'not there', PhysicalResourceId = '' } = made.get(logicalId) ?? {};
      const complete = /^(CREATE|UPDATE)_COMPLETE$/.test(ResourceStatus);
      return complete && PhysicalResourceId && !PhysicalResourceId.includes('-noop-')
        ? []
        : [`${logicalId} (${Type}): ${ResourceStatus}`];
    });
  }
}
