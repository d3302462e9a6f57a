import * as z from 'zod';
import type { PutMetric } from './metric-data.ts';

const embedded = z.looseObject({
  _aws: z.object({
    Timestamp: z.number(),
    CloudWatchMetrics: z.array(
      z.object({
        Namespace: z.string(),
        Dimensions: z.array(z.array(z.string())),
        Metrics: z.array(z.object({ Name: z.string() })),
      }),
    ),
  }),
});

/** Reads the output of a function for lines in the embedded metric format, which CloudWatch makes metrics of. */
export class EmbeddedMetrics {
  readonly #put: PutMetric;
  #unfinished = '';

  constructor(put: PutMetric) {
    this.#put = put;
  }

  /** Takes the next piece of output, wherever it was cut. */
  read(output: string): void {
    const lines = (this.#unfinished + output).split('\n');
    this.#unfinished = lines.pop() ?? '';
    for (const line of lines) if (line.startsWith('{"_aws"')) this.#line(line);
  }

  #line(line: string): void {
    const { _aws, ...members } = embedded.parse(JSON.parse(line));
    for (const { Namespace, Dimensions, Metrics } of _aws.CloudWatchMetrics) {
      for (const names of Dimensions) {
        const dimensions = Object.fromEntries(names.map((name) => [name, String(members[name])]));
        for (const { Name } of Metrics)
          for (const value of [members[Name]].flat())
            this.#put({ namespace: Namespace, name: Name, dimensions, value: Number(value) });
      }
    }
  }
}
