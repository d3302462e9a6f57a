import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const OWNER = 'dana@example.com';
/** A web origin that may call the portal only after the update. */
export const ADDED_ORIGIN = 'https://added.example.com';

const environment = (origin: string) => ({
  name: 'Sallyport',
  owners: [OWNER],
  origin,
  portals: ['default'],
  outgoingNetworks: ['127.0.0.0/8'],
});

/** Another version of functions, and another retention of each log. */
const changed = (origin: string) => ({
  ...environment(origin),
  allowedOrigins: [ADDED_ORIGIN],
  logRetentionDays: 90,
});

/** Writes the configuration of the first deployment and of the one that updates it. @returns their files. */
export function writeConfigurations(folder: string, origin: string): { first: string; updated: string } {
  const write = (name: string, emulator: object) => {
    const file = join(folder, `${name}.json`);
    writeFileSync(file, JSON.stringify({ environments: { emulator } }, null, 2));
    return file;
  };
  return { first: write('first', environment(origin)), updated: write('updated', changed(origin)) };
}
