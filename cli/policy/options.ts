import { InvalidArgumentError } from 'commander';
import * as z from 'zod';

/** Exit code of `policy test --exit-code` when the answer is not "allowed". */
export const NOT_ALLOWED = 3;

export const testOptions = z.object({
  person: z.string().optional(),
  serviceToken: z.string().optional(),
  portal: z.string().optional(),
  server: z.string().optional(),
  tool: z.string().optional(),
  ip: z.string().optional(),
  country: z.string().optional(),
  client: z.string().optional(),
  clientHost: z.string().optional(),
  certificate: z.string().optional(),
  at: z.string().optional(),
  args: z.unknown().optional(),
  whatIf: z.unknown().optional(),
  askExternal: z.boolean().optional(),
  exitCode: z.boolean().optional(),
});
export type TestOptions = z.output<typeof testOptions>;

/** A JSON object on the command line. */
export function objectArgument(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  } catch {
    // Said below.
  }
  throw new InvalidArgumentError('Give a JSON object, such as \'{"amount": 10}\'.');
}

/** A time, with the zone of this computer where it names none. */
export function timeArgument(text: string): string {
  const time = /^\d{4}-\d{2}-\d{2}(T[\d:.]+(Z|[+-]\d{2}:\d{2})?)?$/.test(text)
    ? Date.parse(text)
    : Number.NaN;
  if (!Number.isNaN(time)) return new Date(time).toISOString();
  throw new InvalidArgumentError('Give a time such as 2026-11-02T09:00:00Z.');
}

/** What `policy test` asks the API. */
export function testBody({ args, whatIf, certificate, ...others }: TestOptions): object {
  return {
    ...others,
    exitCode: undefined,
    ...(certificate === undefined ? {} : { certificate: { fingerprint: certificate } }),
    ...(args === undefined ? {} : { arguments: args }),
    ...(whatIf === undefined ? {} : { overrides: whatIf }),
  };
}
