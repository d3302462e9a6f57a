import { join } from 'node:path';
import type { Trip } from './client.ts';
import { ClientProcess } from './client-process.ts';

const SALLYPORT = join(import.meta.dirname, '../../cli/sallyport.ts');

/** What `sallyport token` prints for the person. */
export async function tokenOf(trip: Trip): Promise<string> {
  const environment = { SALLYPORT_URL: trip.cloud.origin, SALLYPORT_CONFIG_DIR: trip.home };
  const command = new ClientProcess(trip, SALLYPORT, ['token', '--person', trip.person], environment);
  return (await command.finished()).out.trim();
}
