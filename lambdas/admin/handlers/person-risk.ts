import * as z from 'zod';
import { riskLevel, riskOf, stateRisk } from '../../access/evidence/risk.ts';
import { explainFaults } from '../../shared/documents/faults.ts';
import { invalid } from '../../shared/documents/parse-document.ts';
import { jsonResponse } from '../../shared/http.ts';
import type { Table } from '../../shared/table.ts';
import { findPeople } from '../find-people.ts';
import { parseJsonBody } from '../json-body.ts';
import { decodePathId } from '../path-id.ts';
import { recordChanges } from '../record-changes.ts';
import type { GuardedRoute, ProgramRoute } from '../route.ts';

const LONGEST_MS = 90 * 86_400_000;

const body = z.strictObject({
  level: riskLevel,
  reason: z.string().min(1).max(500),
  /** When it ends by itself. */
  expiresAt: z.iso
    .datetime({ offset: true })
    .refine((value) => Date.parse(value) > Date.now(), 'must be in the future')
    .refine((value) => Date.parse(value) <= Date.now() + LONGEST_MS, 'must be within 90 days'),
});

const answer = z.object({
  items: z.array(
    z.object({
      person: z.string(),
      email: z.string(),
      level: riskLevel,
      reason: z.string().nullable(),
      expiresAt: z.string().nullable(),
      by: z.string().nullable(),
    }),
  ),
  next: z.null(),
});

async function risksOf(identity: Table, who: string) {
  const people = await findPeople(identity, who, 'path');
  const items = await Promise.all(
    people.map(async ({ id, email }) => {
      const stated = await riskOf(identity, id);
      const expiresAt = stated ? new Date(stated.expiresAt * 1000).toISOString() : null;
      const { level = 'none', reason = null, by = null } = stated ?? {};
      return { person: id, email, level, reason, expiresAt, by };
    }),
  );
  return { people, answered: { items, next: null } };
}

const PATH = '/api/v1/people/{id}/risk';

export const getRisk: GuardedRoute = {
  operation: 'getRisk',
  method: 'GET',
  path: PATH,
  summary: 'The risk of a person, by id or e-mail address',
  permission: 'risk:read',
  answer,
  async handle({ identity }, { id }) {
    return jsonResponse(200, (await risksOf(identity, decodePathId(id))).answered);
  },
};

export const putRisk: ProgramRoute = {
  operation: 'putRisk',
  method: 'PUT',
  path: PATH,
  summary: 'State the risk of a person, by id or e-mail address, until it ends by itself',
  permission: 'risk:write',
  programs: true,
  attempt: { activity: 'update', kind: 'Risk' },
  body,
  answer,
  async handle(api, call) {
    const read = body.safeParse(parseJsonBody(call.request.body));
    if (!read.success) throw invalid(explainFaults(read.error, body, ''), 'invalid_request');
    const { level, reason, expiresAt } = read.data;
    const who = decodePathId(call.id);
    const { people } = await risksOf(api.identity, who);
    const changes = people.map(({ id }) => ({ activity: 'update' as const, document: { kind: 'Risk', id } }));
    const stated = {
      level,
      reason,
      expiresAt: Math.floor(Date.parse(expiresAt) / 1000),
      by: call.caller.name,
    };
    await recordChanges(api, call, changes, () =>
      Promise.all(people.map(({ id }) => stateRisk(api.identity, id, stated))),
    );
    return jsonResponse(200, (await risksOf(api.identity, who)).answered);
  },
};
