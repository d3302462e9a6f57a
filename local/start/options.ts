import { parseArgs } from 'node:util';
import * as z from 'zod';

export interface StartOptions {
  port: number;
  data: string;
  fresh: boolean;
  demo: boolean;
  recordCalls: string | undefined;
}

export const USAGE = `Usage: npm start -- [options]

Runs Sallyport on this machine.

  --port PORT     the first of six ports, the public origin's (default 8787)
  --data FOLDER   where data is kept (default .sallyport)
  --fresh         begin with no data
  --no-demo       start no sample servers and apply no sample configuration
  --record-calls FILE
                  append the calls of AWS services with the permissions they needed
  --help          show this text`;

/** The command line is wrong, or asks for help (no message). */
export class UsageError extends Error {}

const port = z.string().regex(/^\d+$/).transform(Number).pipe(z.number().int().min(1).max(65_530));

/** @throws UsageError for an unknown option, a missing value or a port that leaves no room for five more. */
export function readOptions(parameters: readonly string[]): StartOptions {
  const values = parse(parameters);
  if (values.help) throw new UsageError('');
  const parsed = port.safeParse(values.port);
  if (!parsed.success) throw new UsageError(`--port must be a number from 1 to 65530, not "${values.port}".`);
  const { data, fresh, demo, 'record-calls': recordCalls } = values;
  return { port: parsed.data, data, fresh, demo, recordCalls };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowNegative: true,
      options: {
        port: { type: 'string', default: '8787' },
        data: { type: 'string', default: '.sallyport' },
        fresh: { type: 'boolean', default: false },
        demo: { type: 'boolean', default: true },
        'record-calls': { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}
