import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stop as stopBundler } from 'esbuild';
import { PEOPLE } from '../cognito/people.ts';
import { startCognito } from '../cognito/start-cognito.ts';
import { FunctionHost } from '../functions/function-host.ts';
import { startGateway } from '../gateway/gateway.ts';
import { createAuthorizer, REGION } from '../iam/authorizer.ts';
import { startServices } from '../services/start-services.ts';
import { forkStore } from '../store/fork-store.ts';
import { type Deployment, readDeployment } from '../template/deployment.ts';
import { startTriggers } from '../triggers/start-triggers.ts';
import { prepareAssembly } from './assembly.ts';
import { startUpstream } from './child.ts';
import { phase } from './phase.ts';
import type { Ports } from './ports.ts';

interface CloudOptions {
  ports: Ports;
  dataFolder: string;
  /** Start the sample servers too. */
  demo: boolean;
}

export interface RunningCloud {
  deployment: Deployment;
  stop(): Promise<void>;
}

const SAMPLES = {
  everything: fileURLToPath(
    import.meta.resolve('@modelcontextprotocol/server-everything/dist/transports/streamableHttp.js'),
  ),
  hr: join(import.meta.dirname, '../../examples/hr-directory/server.ts'),
};

/**
 * Starts everything that the template declares, and the sample servers.
 * @throws Error when a part does not start; what runs by then is stopped.
 */
export async function startCloud(options: CloudOptions): Promise<RunningCloud> {
  const { ports, dataFolder } = options;
  const parts: (() => Promise<unknown>)[] = [];
  const stop = async () => {
    await Promise.allSettled(parts.splice(0).map(async (stopPart) => stopPart()));
  };
  const running = async <Part>(
    start: Promise<Part>,
    stopPart: (part: Part) => Promise<unknown>,
  ): Promise<Part> => {
    const part = await start;
    parts.push(async () => stopPart(part));
    return part;
  };
  mkdirSync(join(dataFolder, 'logs'), { recursive: true });
  const log = (name: string) => join(dataFolder, 'logs', `${name}.log`);
  const upstream = async (name: keyof typeof SAMPLES) =>
    running(startUpstream(name, SAMPLES[name], ports[name], log(name)), (child) => child.stop());
  try {
    const samples = options.demo ? [upstream('everything'), upstream('hr')] : [];
    const aws = startAws(options, running, log('store'));
    await settle([aws, ...samples]);
    return { deployment: await aws, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Waits for all, so that nothing starts after a failure was reported; then throws the first failure. */
async function settle(starts: readonly Promise<unknown>[]): Promise<void> {
  const results = await Promise.allSettled(starts);
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}

type Running = <Part>(start: Promise<Part>, stopPart: (part: Part) => Promise<unknown>) => Promise<Part>;

/** Everything that the template declares. */
async function startAws(
  { ports, dataFolder }: CloudOptions,
  running: Running,
  storeLog: string,
): Promise<Deployment> {
  const origin = `http://127.0.0.1:${ports.gateway}`;
  const assembly = await prepareAssembly(origin, dataFolder);
  phase('bundled and synthesized');
  const deployment = readDeployment(assembly, `http://127.0.0.1:${ports.cognito}`);
  const { policies, tables, userPool } = deployment;
  const authorize = createAuthorizer(policies);
  const store = running(
    forkStore(
      { port: ports.store, path: join(dataFolder, 'tables'), tables, policies: [...policies] },
      storeLog,
    ),
    (child) => child.close(),
  );
  const services = running(
    startServices({
      port: ports.services,
      folder: join(dataFolder, 'services'),
      buckets: deployment.buckets,
      keyIds: deployment.keyIds,
      eventBuses: deployment.eventBuses,
      queues: deployment.queues,
      authorize,
    }),
    (part) => part.close(),
  );
  const cognito = running(
    startCognito({
      port: ports.cognito,
      poolId: userPool.id,
      clientId: userPool.clientId,
      callbackUrls: userPool.callbackUrls,
      people: PEOPLE,
      dataFolder: join(dataFolder, 'cognito'),
    }),
    (part) => part.close(),
  );
  const serviceOrigin = `http://127.0.0.1:${ports.services}`;
  const functions = running(
    FunctionHost.start({
      functions: deployment.functions,
      region: REGION,
      dataFolder,
      endpoints: {
        DYNAMODB: `http://127.0.0.1:${ports.store}`,
        S3: serviceOrigin,
        KMS: serviceOrigin,
        EVENTBRIDGE: serviceOrigin,
        SQS: serviceOrigin,
      },
    }),
    (host) => host.stop(),
  );
  await settle([store, services, cognito, functions]);
  // The bundler keeps a process of its own until it is told that it is done.
  await stopBundler();
  (await store).ended.catch((error: Error) => console.error(error.message));
  const host = await functions;
  host.warm(
    deployment.api.methods.flatMap(({ functionName, authorizer }) => [
      functionName,
      ...(authorizer ? [authorizer.functionName] : []),
    ]),
  );
  const { queue } = await services;
  const invoke = async (name: string, event: string, requestId?: string) =>
    host.invoke(name, event, requestId);
  await running(startGateway(deployment.api, invoke, ports.gateway), (gateway) => gateway.close());
  phase('everything answers');
  await running(startTriggers(deployment, { queue, invoke, authorize }), (triggers) => triggers.stop());
  return deployment;
}
