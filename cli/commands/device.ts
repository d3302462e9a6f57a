import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import type { Command } from 'commander';
import * as z from 'zod';
import { deviceColumns, deviceReportColumns, row } from '../columns.ts';
import { contextOf } from '../context.ts';
import { Failure } from '../failure.ts';
import { printDone, printList } from '../output.ts';

const person = z.object({ person: z.string() });
const reported = z.object({ results: z.array(row) });

async function reportsIn(file: string): Promise<unknown> {
  const written = file === '-' ? await text(process.stdin) : await readFile(file, 'utf8');
  try {
    const read: unknown = JSON.parse(written);
    return Array.isArray(read) ? { devices: read } : read;
  } catch {
    throw new Failure(`${file} is not JSON: it has to hold a list of devices.`);
  }
}

export function addDevice(program: Command): void {
  const device = program.command('device').description('see and report devices, for policies about them');
  device
    .command('list')
    .description('show what was reported of the devices of a person')
    .requiredOption('--person <who>', 'e-mail address or id')
    .action(async (given: unknown, command: Command) => {
      const { api, format } = contextOf(command);
      const list = await api.page('/devices', person.parse(given));
      printList(format, deviceColumns, list, 'Nothing was reported of devices of this person.');
    });
  device
    .command('report')
    .description('report devices: a list of { id, person, checks }, at most 100')
    .argument('<file>', 'JSON; - is standard input')
    .action(async (file: string, _given: unknown, command: Command) => {
      const { api, format } = contextOf(command);
      const { results } = reported.parse(await api.call('PUT', '/devices', { body: await reportsIn(file) }));
      printList(format, deviceReportColumns, { items: results, next: null }, 'Nothing was reported.');
    });
  device
    .command('delete')
    .description('forget a device of a person')
    .argument('<id>', 'id of the device')
    .requiredOption('--person <who>', 'e-mail address or id')
    .action(async (id: string, given: unknown, command: Command) => {
      const { api, format } = contextOf(command);
      const answer = await api.call('DELETE', `/devices/${encodeURIComponent(id)}`, {
        query: person.parse(given),
      });
      printDone(format, `Device "${id}" is forgotten.`, answer);
    });
}
