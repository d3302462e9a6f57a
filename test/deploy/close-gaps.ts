import { CfnResource, type IAspect } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { GAPS } from './gaps.ts';
import { SWAPS } from './swaps.ts';

/** Makes of a deployment's resources what the emulator can deploy, and remembers what that took. */
export class CloseGaps implements IAspect {
  readonly #emulator: URL;
  readonly #used = new Set<string>();

  constructor(emulator: URL) {
    this.#emulator = emulator;
  }

  visit(node: IConstruct): void {
    if (!(node instanceof CfnResource)) return;
    if (GAPS.dropped[node.cfnResourceType] !== undefined) {
      this.#used.add(node.cfnResourceType);
      node.node.scope?.node.tryRemoveChild(node.node.id);
      return;
    }
    for (const [name, change] of Object.entries(SWAPS))
      if (change(node, this.#emulator)) this.#used.add(name);
  }

  /** Entries of the list that nothing in the deployment needs. */
  get unused(): string[] {
    return [...Object.keys(GAPS.dropped), ...Object.keys(GAPS.swapped)].filter((gap) => !this.#used.has(gap));
  }
}
