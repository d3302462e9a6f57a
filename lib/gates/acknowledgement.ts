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
      if (target) Validations.of(target).acknowledge({ id: findingOf(deployment, id), reason });
    }
  }
}

/** The id as reports of this deployment write it. */
export function findingOf(deployment: Construct, id: string): string {
  const { region, account } = Stack.of(deployment);
  const place = new Map([
    ['<AWS::Region>', region],
    ['<AWS::AccountId>', account],
  ]);
  return id
    .replaceAll(/<AWS::\w+>/g, (reference) => {
      const value = place.get(reference);
      return value === undefined || Token.isUnresolved(value) ? reference : value;
    })
    .replaceAll(/(?<=<)[\w/]+\/[\w/]+/g, (path) => logicalIdAt(deployment, path) ?? path);
}

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
