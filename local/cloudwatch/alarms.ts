import { type AlarmState, type AlarmView, evaluate, LOOKED_BACK_FURTHER } from './evaluate.ts';
import { type MetricData, MINUTE_MS } from './metric-data.ts';
import { isEvaluatedHere } from './produced.ts';

/** An alarm as it is now. */
export interface StandingAlarm {
  view: AlarmView;
  state: AlarmState;
  reason: string;
  /** Epoch milliseconds. */
  updatedAt: number;
}

/** A change of an alarm's state. */
export interface Change extends StandingAlarm {
  before: AlarmState;
}

/** The alarms of Amazon CloudWatch: each is judged at the end of every minute. */
export class Alarms {
  readonly #data: MetricData;
  readonly #standing: Map<string, StandingAlarm>;
  readonly #changed: (change: Change) => void;

  /** @param changed is told of each change of state. */
  constructor(views: readonly AlarmView[], data: MetricData, changed: (change: Change) => void) {
    this.#data = data;
    this.#changed = changed;
    this.#standing = new Map(
      views.map((view) => {
        const reason = isEvaluatedHere(view)
          ? 'Unchecked: Initial alarm creation'
          : 'Not evaluated: nothing in the embedded cloud measures this metric.';
        return [view.name, { view, state: 'INSUFFICIENT_DATA', reason, updatedAt: data.now() }];
      }),
    );
  }

  get standing(): readonly StandingAlarm[] {
    return [...this.#standing.values()];
  }

  /** Judges every alarm by the periods that have ended. */
  evaluate(): void {
    const end = Math.floor(this.#data.now() / MINUTE_MS) * MINUTE_MS;
    for (const standing of this.#standing.values()) {
      if (isEvaluatedHere(standing.view)) this.#judge(standing, end);
    }
  }

  #judge({ view, state: before }: StandingAlarm, end: number): void {
    const values = Array.from({ length: view.evaluationPeriods + LOOKED_BACK_FURTHER }, (_, back) =>
      this.#valueOf(view, end - back * view.periodSeconds * 1000),
    );
    const state = evaluate(view, values);
    if (state === before) return;
    const shown = values.map((value) => value ?? 'missing').join(', ');
    const reason = `${view.comparison} ${view.threshold}: the latest periods of ${view.periodSeconds} s were ${shown}.`;
    const change = { view, state, reason, updatedAt: this.#data.now() };
    this.#standing.set(view.name, change);
    this.#changed({ ...change, before });
  }

  /** Metric math has a value where all of its metrics have one. */
  #valueOf({ terms, periodSeconds }: AlarmView, end: number): number | undefined {
    let total = 0;
    for (const { sign, metric, statistic } of terms) {
      const value = this.#data.read(metric, statistic, end, periodSeconds);
      if (value === undefined) return undefined;
      total += sign * value;
    }
    return total;
  }
}
