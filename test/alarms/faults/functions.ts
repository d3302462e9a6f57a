import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FunctionHost } from '../../../local/functions/function-host.ts';
import { REGION } from '../../../local/iam/authorizer.ts';
import type { Fault, Scene } from '../scene.ts';

const ANSWERING = ['Authorizer', 'Oauth', 'Relay', 'Pages', 'Admin'];
/** The authorizer has to fail to refuse a token. */
const CRASHING = ANSWERING.filter((name) => name !== 'Authorizer');
const WORKING = ['Tick', 'Maintenance', 'Sweep', 'Migrate'];

/** All functions of the deployment, each with a version that throws. */
async function startBroken(scene: Scene, accountConcurrency?: number) {
  const codeFolder = join(scene.folder, 'broken');
  mkdirSync(codeFolder);
  writeFileSync(
    join(codeFolder, 'index.mjs'),
    "export const handler = async () => { throw new Error('broken'); };",
  );
  return FunctionHost.start({
    functions: scene.deployment.functions.map((view) => ({ ...view, codeFolder })),
    region: REGION,
    endpoints: {},
    dataFolder: scene.folder,
    put: scene.put,
    ...(accountConcurrency === undefined ? {} : { accountConcurrency }),
  });
}

async function invokeAll(host: FunctionHost, { deployment }: Scene, times: number): Promise<void> {
  const invoke = async (name: string) => (await host.invoke(`${name}:live`, '{}')).toArray();
  const names = deployment.functions.flatMap(({ name }) => Array.from({ length: times }, () => name));
  await Promise.allSettled(names.map(invoke));
}

export const functionFaults: Fault[] = [
  {
    by: 'functions that throw',
    raises: [...CRASHING, ...WORKING].map((name) => `${name}Errors`),
    async start(scene) {
      const host = await startBroken(scene);
      return { inject: () => invokeAll(host, scene, 3), stop: () => host.stop() };
    },
  },
  {
    by: 'an account whose concurrency is used up',
    raises: ANSWERING.map((name) => `${name}Throttles`),
    async start(scene) {
      const host = await startBroken(scene, 0);
      return { inject: () => invokeAll(host, scene, 10), stop: () => host.stop() };
    },
  },
];
