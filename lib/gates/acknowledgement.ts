import { CfnElement, Stack, Token, Validations } from 'aws-cdk-lib/core';
import type { Construct, IConstruct } from 'constructs';

/** A finding that stays, and why that is right. */
export interface Acknowledgement {
  /**
   * The rule, with the finding in brackets where it says one. `<Path/Of/Construct>` stands for the logical id of a
   * resource; region and account for those of the stack.
   */
  id: string;
  /** Paths below the deployment's construct; what is not there in a configuration is left out. */
  at: readonly string[];
  reason: string;
}

/** Records acknowledgements where the CDK's validation and cdk-nag look for them. */
export function acknowledge(deployment: Construct, all: readonly Acknowledgement[]): void {
  for (const { id, at, reason } of all) {
    for (const path of at) {
      const target = below(deployment, path);
      if (!target) continue;
      for (const finding of idsOf(deployment, id))
        Validations.of(target).acknowledge({ id: finding, reason });
    }
  }
}

/** The id as reports of this deployment write it: where the region is known, some ARNs say the partition too. */
export function idsOf(deployment: Construct, id: string): string[] {
  const { region, account, partition } = Stack.of(deployment);
  const named = id.replaceAll(/(?<=<)[\w/]+\/[\w/]+/g, (path) => logicalIdAt(deployment, path) ?? path);
  const placed = withKnown(withKnown(named, '<AWS::Region>', region), '<AWS::AccountId>', account);
  return [...new Set([placed, withKnown(placed, '<AWS::Partition>', partition)])];
}

const withKnown = (id: string, reference: string, value: string): string =>
  Token.isUnresolved(value) ? id : id.replaceAll(reference, value);

function logicalIdAt(deployment: Construct, path: string): string | undefined {
  const resource = below(deployment, path)?.node.defaultChild;
  if (!CfnElement.isCfnElement(resource)) return undefined;
  const logicalId: unknown = Stack.of(deployment).resolve(resource.logicalId);
  return String(logicalId);
}

const below = (deployment: Construct, path: string): IConstruct | undefined =>
  path
    .split('/')
    .reduce<IConstruct | undefined>((construct, id) => construct?.node.tryFindChild(id), deployment);
