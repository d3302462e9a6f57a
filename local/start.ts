import { setTimeout as sleep } from 'node:timers/promises';
import { demoDocuments } from './demo/documents.ts';
import { startCloud } from './start/cloud.ts';
import { prepareDataFolder } from './start/data-folder.ts';
import { readOptions, type StartOptions, USAGE, UsageError } from './start/options.ts';
import { phase } from './start/phase.ts';
import { portsFrom, requireFreePorts } from './start/ports.ts';
import { seed } from './start/seed.ts';
import { summary } from './start/summary.ts';

/** Clients that hold a connection open are not waited for longer than these milliseconds. */
const STOP_LIMIT = 1000;

/** npm ends on a signal without passing it on: what it started ends with it. */
function endWithNpm(stop: () => Promise<void>): void {
  if (process.env.npm_lifecycle_event === undefined) return;
  const npm = process.ppid;
  setInterval(() => {
    if (process.ppid !== npm) void stop();
  }, 500).unref();
}

/** Runs until a signal ends it. @throws Error in one line when something does not start. */
async function run(options: StartOptions): Promise<void> {
  const { demo } = options;
  const ports = portsFrom(options.port);
  const origin = `http://127.0.0.1:${ports.gateway}`;
  await requireFreePorts(ports);
  const dataFolder = prepareDataFolder(options.data, options.fresh);
  const { recordCalls, config, tls, countries } = options;
  const cloud = await startCloud({ ports, dataFolder, demo, recordCalls, config, tls, countries });
  const stop = async () => {
    await Promise.race([cloud.stop(), sleep(STOP_LIMIT)]);
    process.exit();
  };
  process.once('SIGINT', () => void stop());
  process.once('SIGTERM', () => void stop());
  endWithNpm(stop);
  try {
    if (demo) await seed({ origin, dataFolder, documents: demoDocuments(ports) });
  } catch (error) {
    await cloud.stop();
    throw error;
  }
  phase('demo set up');
  const { unsupported } = cloud.deployment;
  const notEvaluated = cloud.notEvaluated.map(({ description }) => description);
  console.log(summary({ origin, ports, dataFolder, demo, unsupported, notEvaluated }));
  console.log(`ready ${origin}/mcp`);
}

try {
  await run(readOptions(process.argv.slice(2)));
} catch (error) {
  if (error instanceof UsageError) {
    if (error.message === '') {
      console.log(USAGE);
      process.exit();
    }
    console.error(`${error.message}\n\n${USAGE}`);
    process.exit(2);
  }
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
