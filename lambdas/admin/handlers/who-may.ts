import * as z from 'zod';
import { Facts } from '../../policy/facts.ts';
import { Access } from '../../portal/access.ts';
import { jsonResponse } from '../../shared/http.ts';
import { knownSubjects } from '../policy-testing/known-subjects.ts';
import { decided, summaryOf, who } from '../policy-testing/outcome.ts';
import { readBody } from '../policy-testing/read-body.ts';
import { decide } from '../policy-testing/run-test.ts';
import { catalogInForce, findTarget, portalIdOf } from '../policy-testing/target.ts';
import { targetMembers } from '../policy-testing/test-request.ts';
import type { GuardedRoute } from '../route.ts';

const body = z.strictObject({
  ...targetMembers,
  /** True: only who is allowed or held; false: only who is denied. */
  allowed: z.boolean().optional(),
  /** How many people are looked at. */
  limit: z.number().int().min(1).max(200).default(100),
  /** The `next` of the page before. */
  next: z.string().min(1).max(100).optional(),
});

const answer = z.object({
  items: z.array(decided.extend({ who })),
  next: z.string().nullable(),
});

export const whoMay: GuardedRoute = {
  operation: 'whoMay',
  method: 'POST',
  path: '/api/v1/policies/who',
  summary: 'Who could use a portal, a server or a tool, from the right place at the right time',
  permission: 'documents:read',
  body,
  answer,
  async handle(api, { request }) {
    const { allowed, limit, next: after, ...wanted } = readBody(body, request);
    const { catalog } = await catalogInForce(api.snapshots, portalIdOf(api.portalIds, wanted.portal));
    const target = findTarget(catalog, wanted);
    const { subjects, next } = await knownSubjects(api, { limit, after });
    const all = subjects.map(({ who: whose, subject }) => {
      const access = new Access(catalog, new Facts(subject, { requestOpen: true }));
      return { who: whose, ...summaryOf(decide(access, target)) };
    });
    const items = all.filter(({ outcome }) => allowed === undefined || (outcome !== 'denied') === allowed);
    return jsonResponse(200, { items, next });
  },
};
