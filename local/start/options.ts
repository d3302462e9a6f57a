import { isIP } from 'node:net';
import { parseArgs } from 'node:util';
import * as z from 'zod';
import { isCountry } from '../../lambdas/shared/country.ts';

export interface StartOptions {
  port: number;
  data: string;
  fresh: boolean;
  demo: boolean;
  recordCalls: string | undefined;
  /** The file with the environment `embedded`; the checkout's own unless it is given. */
  config: string | undefined;
  /** The folder with the certificate of the hostname for client certificates. */
  tls: string | undefined;
  countries: ReadonlyMap<string, string>;
}

export const USAGE = `Usage: npm start -- [options]

Runs Sallyport on this machine.

  --port PORT     the first of seven ports, the public origin's (default 8787)
  --data FOLDER   where data is kept (default .sallyport)
  --fresh         begin with no data
  --config FILE   a configuration with an environment "embedded" (default sallyport.config.ts)
  --country ADDRESS=CODE
                  the country of viewers with this address; any number of times
  --tls FOLDER    certificate.pem and key.pem of the hostname for client certificates
  --no-demo       start no sample servers and apply no sample configuration
  --record-calls FILE
                  append the calls of AWS services with the permissions they needed
  --help          show this text`;

/** The command line is wrong, or asks for help (no message). */
export class UsageError extends Error {}

const port = z.string().regex(/^\d+$/).transform(Number).pipe(z.number().int().min(1).max(65_529));

/** @throws UsageError for an unknown option, a missing value or a port that leaves no room for six more. */
export function readOptions(parameters: readonly string[]): StartOptions {
  const values = parse(parameters);
  if (values.help) throw new UsageError('');
  const parsed = port.safeParse(values.port);
  if (!parsed.success) throw new UsageError(`--port must be a number from 1 to 65529, not "${values.port}".`);
  const { data, fresh, demo, config, tls, 'record-calls': recordCalls } = values;
  const countries = new Map(values.country.map(readCountry));
  return { port: parsed.data, data, fresh, demo, recordCalls, config, tls, countries };
}

function readCountry(text: string): [address: string, country: string] {
  const [address = '', country = '', ...more] = text.split('=');
  if (isIP(address) === 0 || !isCountry(country) || more.length > 0)
    throw new UsageError(`--country must be such as 127.0.0.2=DE, not "${text}".`);
  return [address, country];
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
        config: { type: 'string' },
        country: { type: 'string', multiple: true, default: [] },
        tls: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}
