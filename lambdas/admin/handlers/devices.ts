import * as z from 'zod';
import { devicesOf, removeDevice, reportDevice } from '../../access/evidence/devices.ts';
import type { Device } from '../../policy/decision.ts';
import { explainFaults } from '../../shared/documents/faults.ts';
import { invalid } from '../../shared/documents/parse-document.ts';
import { SallyportError } from '../../shared/errors.ts';
import { jsonResponse } from '../../shared/http.ts';
import { findPeople } from '../find-people.ts';
import { parseJsonBody } from '../json-body.ts';
import { decodePathId } from '../path-id.ts';
import { readQuery } from '../read-query.ts';
import { recordChanges } from '../record-changes.ts';
import type { AdminApi, GuardedRoute, ProgramRoute } from '../route.ts';

/** Clocks of reporting systems may be ahead by this much. */
const AHEAD_MS = 5 * 60_000;

const deviceId = z.string().regex(/^[\w.:-]{1,128}$/, 'must be 1 to 128 letters, digits, _ . : and -');
const check = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,62}$/, 'must be a name of a-z, 0-9 and -, beginning with a letter');
const fingerprint = z
  .string()
  .transform((value) => value.replaceAll(':', '').toLowerCase())
  .pipe(z.string().regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 fingerprint: 64 hexadecimal digits'));

const report = z.strictObject({
  id: deviceId,
  /** E-mail address or id. */
  person: z.string().min(1).max(320),
  checks: z.record(check, z.boolean()).refine((all) => Object.keys(all).length <= 50, 'must be at most 50'),
  /** SHA-256 fingerprints of the client certificates that it holds. */
  certificates: z.array(fingerprint).max(10).default([]),
  /** When it was seen so; now unless it is given. */
  reportedAt: z.iso
    .datetime({ offset: true })
    .refine((value) => Date.parse(value) <= Date.now() + AHEAD_MS, 'must not be in the future')
    .optional(),
});
const body = z.strictObject({ devices: z.array(report).min(1).max(100) });

const results = z.enum(['stored', 'older', 'unknown-person']);
const answer = z.object({
  results: z.array(z.object({ id: z.string(), person: z.string(), result: results })),
});

type Result = z.output<typeof answer>['results'][number];

async function store(api: AdminApi, given: z.output<typeof report>): Promise<Result> {
  const { id, person, checks, certificates, reportedAt } = given;
  const people = await findPeople(api.identity, person, 'person').catch((error: unknown) => {
    if (error instanceof SallyportError && error.status === 404) return [];
    throw error;
  });
  if (people.length === 0) return { id, person, result: 'unknown-person' };
  const at = Math.floor((reportedAt === undefined ? Date.now() : Date.parse(reportedAt)) / 1000);
  const device: Device = { id, reportedAt: at, checks, certificates };
  const kept = await Promise.all(people.map((one) => reportDevice(api.identity, one.id, device)));
  return { id, person, result: kept.some(Boolean) ? 'stored' : 'older' };
}

export const putDevices: ProgramRoute = {
  operation: 'putDevices',
  method: 'PUT',
  path: '/api/v1/devices',
  summary: 'Report what is known of devices: each replaces what was reported of it before',
  permission: 'devices:write',
  programs: true,
  attempt: { activity: 'update', kind: 'Device' },
  body,
  answer,
  async handle(api, call) {
    const read = body.safeParse(parseJsonBody(call.request.body));
    if (!read.success) throw invalid(explainFaults(read.error, body, ''), 'invalid_request');
    const change = { activity: 'update' as const, document: { kind: 'Device', id: '*' } };
    return recordChanges(api, call, [change], async () => {
      const done: Result[] = [];
      // One after the other: several may be of one person.
      for (const given of read.data.devices) done.push(await store(api, given));
      return jsonResponse(200, { results: done });
    });
  },
};

const query = z.strictObject({ person: z.string().min(1).max(320) });
const listed = z.object({
  items: z.array(
    z.object({
      id: z.string(),
      person: z.string(),
      reportedAt: z.string(),
      checks: z.record(z.string(), z.boolean()),
      certificates: z.array(z.string()),
    }),
  ),
  next: z.null(),
});

export const listDevices: GuardedRoute = {
  operation: 'listDevices',
  method: 'GET',
  path: '/api/v1/devices',
  summary: 'What was reported of the devices of a person',
  permission: 'devices:read',
  query,
  answer: listed,
  async handle(api, { request }) {
    const people = await findPeople(api.identity, readQuery(query, request).person, 'query person');
    const found = await Promise.all(
      people.map(async ({ id }) =>
        (await devicesOf(api.identity, id)).map((device) => ({
          ...device,
          person: id,
          reportedAt: new Date(device.reportedAt * 1000).toISOString(),
        })),
      ),
    );
    return jsonResponse(200, { items: found.flat(), next: null });
  },
};

export const deleteDevice: GuardedRoute = {
  operation: 'deleteDevice',
  method: 'DELETE',
  path: '/api/v1/devices/{id}',
  summary: 'Forget a device of a person',
  permission: 'devices:write',
  attempt: { activity: 'delete', kind: 'Device' },
  query,
  answer: z.object({ deleted: z.literal(true) }),
  async handle(api, call) {
    const people = await findPeople(api.identity, readQuery(query, call.request).person, 'query person');
    const id = decodePathId(call.id);
    const change = { activity: 'delete' as const, document: { kind: 'Device', id: id.slice(0, 128) } };
    return recordChanges(api, call, [change], async () => {
      const removed = await Promise.all(people.map((one) => removeDevice(api.identity, one.id, id)));
      if (removed.some(Boolean)) return jsonResponse(200, { deleted: true });
      throw new SallyportError('not_found', 404, 'This person has no such device.', { at: 'path' });
    });
  },
};
