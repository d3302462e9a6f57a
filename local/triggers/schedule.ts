import { randomUUID } from 'node:crypto';
import { FunctionError } from '../functions/function-process.ts';
import { ACCOUNT, REGION } from '../iam/authorizer.ts';
import type { Invoke } from './event-source.ts';

/** A rule that invokes functions at a rate (`AWS::Events::Rule`). */
export interface ScheduleView {
  ruleArn: string;
  everyMilliseconds: number;
  functionNames: readonly string[];
}

/** Late enough to leave the start alone; EventBridge does not say when a rule's first minute begins either. */
const FIRST_AFTER_MS = 5_000;

/** Invokes the functions soon and then at the rule's rate, until the signal is aborted. */
export function startSchedule(
  view: ScheduleView,
  { invoke, signal }: { invoke: Invoke; signal: AbortSignal },
) {
  const tick = () => {
    for (const name of view.functionNames) void invokeOnce(name, view, invoke);
  };
  let timer = setTimeout(() => {
    tick();
    timer = setInterval(tick, view.everyMilliseconds);
  }, FIRST_AFTER_MS);
  signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
}

async function invokeOnce(functionName: string, view: ScheduleView, invoke: Invoke): Promise<void> {
  const event = {
    version: '0',
    id: randomUUID(),
    'detail-type': 'Scheduled Event',
    source: 'aws.events',
    account: ACCOUNT,
    time: new Date().toISOString().replace(/\.\d+/, ''),
    region: REGION,
    resources: [view.ruleArn],
    detail: {},
  };
  try {
    await (await invoke(functionName, JSON.stringify(event))).toArray();
  } catch (error) {
    // A function that failed says why in its own log.
    if (!(error instanceof FunctionError)) console.error(error);
  }
}
