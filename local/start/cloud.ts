import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stop as stopBundler } from 'esbuild';
import { measureAnswers } from '../cloudwatch/access-log.ts';
import type { StandingAlarm } from '../cloudwatch/alarms.ts';
import { CloudWatch } from '../cloudwatch/cloud-watch.ts';
import type { AlarmView } from '../cloudwatch/evaluate.ts';
import type { Clock } from '../cloudwatch/metric-data.ts';
import { isEvaluatedHere } from '../cloudwatch/produced.ts';
import { measureSignIns, measureThrottles } from '../cloudwatch/service-metrics.ts';
import { PEOPLE, withInvited } from '../cognito/people.ts';
import { startCognito } from '../cognito/start-cognito.ts';
import { FunctionHost } from '../functions/function-host.ts';
import { startGateway } from '../gateway/gateway.ts';
import { createAuthorizer, REGION } from '../iam/authorizer.ts';
import { recordCalls } from '../iam/record-calls.ts';
import type { MessageQueue } from '../services/message-queue.ts';
import { startServices } from '../services/start-services.ts';
import { forkStore } from '../store/fork-store.ts';
import { type Deployment, readDeployment } from '../template/deployment.ts';
import { startTriggers } from '../triggers/start-triggers.ts';
import { prepareAssembly } from './assembly.ts';
import { certificateDomainOf } from './certificate-domain.ts';
import { startUpstream } from './child.ts';
import { deployDistribution } from './distribution.ts';
import { phase } from './phase.ts';
import type { Ports } from './ports.ts';

interface CloudOptions {
  ports: Ports;
  dataFolder: string;
  /** Start the sample servers too. */
  demo: boolean;
  /** The file that calls of AWS services are recorded in. */
  recordCalls?: string | undefined;
  /** The configuration with the environment `embedded`; the checkout's own unless it is given. */
  config?: string | undefined;
  /** The folder with `certificate.pem` and `key.pem` of the hostname for client certificates. */
  tls?: string | undefined;
  /** Countries of viewers by their addresses. */
  countries?: ReadonlyMap<string, string>;
  /** The clock by which metrics are gathered and alarms judged. */
  clock?: Clock;
}

export interface RunningCloud {
  deployment: Deployment;
  /** Lets a minute end for metrics and alarms. */
  minute(): void;
  alarms(): readonly StandingAlarm[];
  /** Alarms whose metrics nothing here measures. */
  notEvaluated: readonly AlarmView[];
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
    const { deployment, cloudWatch, queues } = await aws;
    return {
      deployment,
      minute: () => cloudWatch.minute(queues),
      alarms: () => cloudWatch.alarms.standing,
      notEvaluated: deployment.alarms.filter((alarm) => !isEvaluatedHere(alarm)),
      stop,
    };
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

interface StartedCloud {
  deployment: Deployment;
  cloudWatch: CloudWatch;
  queues: readonly MessageQueue[];
}

type Running = <Part>(start: Promise<Part>, stopPart: (part: Part) => Promise<unknown>) => Promise<Part>;

/** Everything that the template declares. */
async function startAws(
  { ports, dataFolder, clock, recordCalls: recordFile, config, tls, countries = new Map() }: CloudOptions,
  running: Running,
  storeLog: string,
): Promise<StartedCloud> {
  const origin = `http://127.0.0.1:${ports.gateway}`;
  const assembly = await prepareAssembly(origin, dataFolder, config);
  phase('bundled and synthesized');
  const deployment = readDeployment(assembly, `http://127.0.0.1:${ports.cognito}`);
  const { policies, tables, userPool } = deployment;
  const record = recordFile === undefined ? undefined : recordCalls(recordFile, policies);
  const authorize = createAuthorizer(policies, record);
  const cloudWatch = new CloudWatch({
    alarms: deployment.alarms,
    topics: deployment.topics,
    folder: join(dataFolder, 'services'),
    now: clock,
  });
  const { put } = cloudWatch;
  const store = running(
    forkStore(
      {
        port: ports.store,
        path: join(dataFolder, 'tables'),
        tables,
        policies: [...policies],
        recordCalls: recordFile,
      },
      storeLog,
      measureThrottles(put),
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
      secrets: deployment.secrets,
      webAcls: deployment.webAcls,
      alarms: cloudWatch.alarms,
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
      people: withInvited(PEOPLE, userPool.invited),
      providers: userPool.providers,
      native: userPool.native,
      dataFolder: join(dataFolder, 'cognito'),
      attempted: measureSignIns(userPool, put),
    }),
    (part) => part.close(),
  );
  const serviceOrigin = `http://127.0.0.1:${ports.services}`;
  const functions = running(
    FunctionHost.start({
      functions: deployment.functions,
      region: REGION,
      dataFolder,
      put,
      endpoints: {
        CLOUDWATCH: serviceOrigin,
        DYNAMODB: `http://127.0.0.1:${ports.store}`,
        S3: serviceOrigin,
        KMS: serviceOrigin,
        EVENTBRIDGE: serviceOrigin,
        SECRETS_MANAGER: serviceOrigin,
        SQS: serviceOrigin,
        WAFV2: serviceOrigin,
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
  const { queue, secretValue } = await services;
  const invoke = async (name: string, event: string, requestId?: string) =>
    host.invoke(name, event, requestId);
  const view = deployment.distribution;
  const distribution = view && deployDistribution(view, secretValue, countries);
  const certificateDomain = certificateDomainOf(deployment, tls, ports.certificates);
  const answered = measureAnswers(deployment.api.name, deployment.metricFilters, put);
  const surroundings = { distribution, certificateDomain, answered };
  await running(startGateway(deployment.api, invoke, ports.gateway, surroundings), (gateway) =>
    gateway.close(),
  );
  phase('everything answers');
  await running(startTriggers(deployment, { queue, invoke, authorize }), (triggers) => triggers.stop());
  const queues = deployment.queues.map(({ arn }) => queue(arn));
  const minutes = cloudWatch.start(queues);
  await running(Promise.resolve(minutes), (started) => started.stop());
  return { deployment, cloudWatch, queues };
}
