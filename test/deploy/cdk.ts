import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { ACCOUNT, type Emulator, REGION } from './emulator.ts';
import { outputOf } from './run-command.ts';

const root = join(import.meta.dirname, '../..');
const CDK = join(root, 'node_modules/aws-cdk/bin/cdk');
/** What every configuration of this suite calls its deployment. */
export const STACK = 'Sallyport';

const template = z.object({
  Resources: z.record(z.string(), z.looseObject({ Type: z.string(), DeletionPolicy: z.string().optional() })),
});
export type Template = z.output<typeof template>;

export interface Assembly {
  folder: string;
  template: Template;
}

/** The CDK's own command line, against the emulator. @throws Error with what it printed, when it fails. */
export class Cdk {
  readonly #emulator: Emulator;
  readonly #folder: string;

  constructor(emulator: Emulator, folder: string) {
    this.#emulator = emulator;
    this.#folder = join(folder, 'assemblies');
    mkdirSync(this.#folder, { recursive: true });
  }

  /** Synthesizes the stack as an environment of this configuration. */
  async synthesize(name: string, configurationFile: string): Promise<Assembly> {
    const folder = join(this.#folder, name);
    const app = ['--app', 'node test/deploy/app.ts', '--output', folder];
    await this.#run(['synth', '--quiet', ...app], root, {
      // The gates look at what is deployed to AWS; the aspect's swaps are none of their business.
      CDK_VALIDATION: 'false',
      SALLYPORT_CONFIG: configurationFile,
      EMULATOR_URL: this.#emulator.url.origin,
    });
    const written = readFileSync(join(folder, `${STACK}.template.json`), 'utf8');
    return { folder, template: template.parse(JSON.parse(written)) };
  }

  async bootstrap(): Promise<void> {
    await this.#run(['bootstrap', `aws://${ACCOUNT}/${REGION}`]);
  }

  async deploy({ folder }: Assembly): Promise<void> {
    const quiet = ['--require-approval', 'never', '--progress', 'events', '--ci'];
    await this.#run(['deploy', STACK, '--app', folder, ...quiet]);
  }

  /** @throws Error with the differences between the assembly and what is deployed. */
  async requireNoDifference({ folder }: Assembly): Promise<void> {
    await this.#run(['diff', STACK, '--app', folder, '--fail']);
  }

  /** @throws Error with the resources that are not as the template says, where the emulator can tell. */
  async requireNoDrift({ folder }: Assembly): Promise<void> {
    await this.#run(['drift', STACK, '--app', folder, '--fail']);
  }

  async destroy({ folder }: Assembly): Promise<void> {
    await this.#run(['destroy', STACK, '--app', folder, '--force']);
  }

  /** Outside the checkout `cdk.json` has no say: what was synthesized is not synthesized again. */
  async #run(
    parameters: readonly string[],
    cwd = this.#folder,
    more: NodeJS.ProcessEnv = {},
  ): Promise<string> {
    const environment = { ...this.#emulator.environment, ...more };
    return outputOf(process.execPath, [CDK, ...parameters], { limit: 240, cwd, environment });
  }
}
