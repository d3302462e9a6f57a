import { appendFileSync } from 'node:fs';
import type { Change } from './alarms.ts';

/** What a topic sends for a change of an alarm's state, in CloudWatch's words. */
const message = ({ view, state, before, reason, updatedAt }: Change) => ({
  AlarmName: view.name,
  AlarmDescription: view.description,
  AlarmArn: view.arn,
  NewStateValue: state,
  OldStateValue: before,
  NewStateReason: reason,
  StateChangeTime: new Date(updatedAt).toISOString(),
});

/** Amazon SNS as far as alarms use it: what would be sent is a line of a file, and one of the output. */
export class Notifications {
  readonly #file: string;
  readonly #topics: ReadonlySet<string>;
  readonly #say: (line: string) => void;

  /** @param topics ARNs. */
  constructor(file: string, topics: readonly string[], say: (line: string) => void = console.log) {
    this.#file = file;
    this.#topics = new Set(topics);
    this.#say = say;
  }

  /** @throws Error for an action that is no topic here. */
  tell(change: Change): void {
    const { view, state, before } = change;
    const actions = { ALARM: view.alarmActions, OK: view.okActions, INSUFFICIENT_DATA: [] }[state];
    for (const topic of actions) {
      if (!this.#topics.has(topic)) throw new Error(`${view.name} tells ${topic}, which is no topic here.`);
      appendFileSync(this.#file, `${JSON.stringify({ TopicArn: topic, Message: message(change) })}\n`);
    }
    if (state === 'ALARM') this.#say(`Alarm raised: ${view.description}`);
    else if (before === 'ALARM') this.#say(`Alarm over: ${view.description}`);
  }
}
