import { deepStrictEqual } from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Cdk } from './cdk.ts';
import { Checks, messageOf, Unfinished } from './checks.ts';
import { writeConfigurations } from './configuration.ts';
import { checkDispatcher } from './dispatcher.ts';
import { type Emulator, startEmulator } from './emulator.ts';
import { startHrServer } from './hr-server.ts';
import { runJourney } from './journey.ts';
import { startPublicOrigin } from './public-origin.ts';
import { prepareEmulator, Unavailable } from './python.ts';
import { removeAndDeployAgain } from './removal.ts';
import { lastLines } from './run-command.ts';
import { DeployedStack } from './stack.ts';
import { checkGaps } from './still-lacking.ts';
import { updateInPlace } from './update.ts';

/** Ignored by git; the emulator's installation stays there for the next run. */
const kept = join(import.meta.dirname, '../../.cache/deploy');

/** Waits for both, also when one fails, so that nothing goes on behind a failure. */
async function both<One, Other>(one: Promise<One>, other: Promise<Other>): Promise<[One, Other]> {
  await Promise.allSettled([one, other]);
  return [await one, await other];
}

async function runAll(checks: Checks, emulator: Emulator, folder: string): Promise<void> {
  await using hr = await startHrServer(folder);
  await using origin = await startPublicOrigin(emulator.url);
  const files = writeConfigurations(folder, origin.url);
  const cdk = new Cdk(emulator, folder);
  const [first] = await both(
    checks.require('cdk synth', () => cdk.synthesize('first', files.first)),
    checks.require('cdk bootstrap', () => cdk.bootstrap()),
  );
  await checks.require('cdk deploy', () => cdk.deploy(first));
  const stack = await DeployedStack.read(emulator);
  await checks.check('every resource of the template was made', async () => {
    deepStrictEqual(stack.missing(first.template), []);
  });
  await both(
    checks.check('cdk drift finds the resources as the template has them', () => cdk.requireNoDrift(first)),
    checks.check('cdk diff finds no difference', () => cdk.requireNoDifference(first)),
  );
  origin.distribution = await stack.distributionHost();
  const deployed = { emulator, stack, origin: origin.url, folder, hr };
  const journey = await runJourney(checks, deployed);
  const [updated] = await both(
    checks.require('cdk synth of a changed configuration', () => cdk.synthesize('updated', files.updated)),
    checkDispatcher(checks, deployed),
  );
  await updateInPlace(checks, cdk, updated, deployed, journey);
  await journey.client.close();
  const apiHost = `${stack.physicalId('AWS::ApiGateway::RestApi')}.execute-api.us-east-1.amazonaws.com`;
  await checkGaps(checks, emulator, apiHost);
  await removeAndDeployAgain(checks, cdk, updated, emulator);
}

async function runWithEmulator(checks: Checks): Promise<void> {
  mkdirSync(kept, { recursive: true });
  const command = await prepareEmulator(kept);
  const folder = mkdtempSync(join(kept, 'run-'));
  const clean = () => rmSync(folder, { recursive: true, force: true });
  process.once('exit', clean);
  try {
    await using emulator = await startEmulator(command, folder);
    try {
      await runAll(checks, emulator, folder);
    } catch (error) {
      checks.failed += error instanceof Unfinished ? 0 : 1;
      if (!(error instanceof Unfinished)) console.log(messageOf(error));
    }
    if (checks.failed > 0) console.log(`The end of the emulator's log:\n${lastLines(emulator.log(), 60)}`);
  } finally {
    process.off('exit', clean);
    clean();
  }
}

const { values } = parseArgs({ options: { 'skip-if-unavailable': { type: 'boolean', default: false } } });
const checks = new Checks();
try {
  await runWithEmulator(checks);
  console.log(`test:deploy: ${checks.passed} passed, ${checks.failed} failed`);
  process.exitCode = checks.failed > 0 ? 1 : 0;
} catch (error) {
  if (!(error instanceof Unavailable)) throw error;
  const skipped = values['skip-if-unavailable'];
  console.error(skipped ? `test:deploy: skipped. ${error.message}` : error.message);
  process.exitCode = skipped ? 0 : 1;
}
