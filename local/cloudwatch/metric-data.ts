/** One value of a metric, as it happens. */
export interface Datum {
  namespace: string;
  name: string;
  dimensions: Readonly<Record<string, string>>;
  value: number;
}

export type PutMetric = (datum: Datum) => void;

/** Milliseconds since the epoch. */
export type Clock = () => number;

export type MetricId = Omit<Datum, 'value'>;
export type Statistic = 'Average' | 'Maximum' | 'Minimum' | 'SampleCount' | 'Sum';

interface Bucket {
  sum: number;
  count: number;
  least: number;
  most: number;
}

export const MINUTE_MS = 60_000;
/** Longer than any alarm looks back. */
const KEPT_MINUTES = 3 * 60;

const keyOf = ({ namespace, name, dimensions }: MetricId): string =>
  JSON.stringify([namespace, name, Object.entries(dimensions).toSorted(([a], [b]) => (a < b ? -1 : 1))]);

const STATISTICS: Readonly<Record<Statistic, (bucket: Bucket) => number>> = {
  Average: ({ sum, count }) => sum / count,
  Maximum: ({ most }) => most,
  Minimum: ({ least }) => least,
  SampleCount: ({ count }) => count,
  Sum: ({ sum }) => sum,
};

/** The metrics of Amazon CloudWatch, minute by minute, in memory. A value counts for the minute in which it comes. */
export class MetricData {
  readonly now: Clock;
  readonly #minutes = new Map<string, Map<number, Bucket>>();

  constructor(now: Clock) {
    this.now = now;
  }

  readonly put: PutMetric = (datum) => {
    const key = keyOf(datum);
    const minutes = this.#minutes.get(key) ?? new Map<number, Bucket>();
    this.#minutes.set(key, minutes);
    const minute = Math.floor(this.now() / MINUTE_MS);
    const { value } = datum;
    minutes.set(minute, join(minutes.get(minute), { sum: value, count: 1, least: value, most: value }));
    for (const other of minutes.keys()) {
      if (other >= minute - KEPT_MINUTES) break;
      minutes.delete(other);
    }
  };

  /**
   * A statistic over a period that ends at the beginning of a minute; undefined when nothing came in it.
   * @param end epoch milliseconds.
   */
  read(metric: MetricId, statistic: Statistic, end: number, periodSeconds: number): number | undefined {
    const minutes = this.#minutes.get(keyOf(metric));
    const last = end / MINUTE_MS;
    let whole: Bucket | undefined;
    for (let minute = last - periodSeconds / 60; minute < last; minute++) {
      const bucket = minutes?.get(minute);
      if (bucket) whole = join(whole, bucket);
    }
    return whole && STATISTICS[statistic](whole);
  }
}

const join = (one: Bucket | undefined, other: Bucket): Bucket =>
  one
    ? {
        sum: one.sum + other.sum,
        count: one.count + other.count,
        least: Math.min(one.least, other.least),
        most: Math.max(one.most, other.most),
      }
    : other;
