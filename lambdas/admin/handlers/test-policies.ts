import * as z from 'zod';
import { noEvidence } from '../../policy/settle.ts';
import { jsonResponse } from '../../shared/http.ts';
import { evidenceOf, testedEvidence, unknownNotes } from '../policy-testing/evidence.ts';
import { outcome, outcomeOf, who } from '../policy-testing/outcome.ts';
import { readBody } from '../policy-testing/read-body.ts';
import { runTest } from '../policy-testing/run-test.ts';
import { subjectOf } from '../policy-testing/subject.ts';
import { catalogInForce, findTarget, portalIdOf } from '../policy-testing/target.ts';
import { testRequest } from '../policy-testing/test-request.ts';
import type { GuardedRoute } from '../route.ts';

const level = z.enum(['portal', 'server', 'tool']);
const action = z.enum(['allow', 'block', 'bypass', 'service-auth']);
const remedy = z.object({
  kind: z.enum(['sign-in', 'step-up', 'justification', 'approval']),
  level,
  policy: z.string(),
});
/** What a selector says: null where there was not one alone. */
const said = {
  at: z.string().nullable(),
  selector: z.string().nullable(),
  matched: z.boolean(),
  unknown: z.boolean(),
  /** What the subject has there; absent when unknown. */
  actual: z.unknown().optional(),
};

const answer = z.object({
  who,
  target: z.object({ portal: z.string(), server: z.string().optional(), tool: z.string().optional() }),
  decision: z.object({
    allowed: z.boolean(),
    outcome,
    level,
    policy: z.string().nullable(),
    reason: z.string(),
    remedies: z.array(remedy),
  }),
  trace: z.array(
    z.object({
      level,
      policy: z.string(),
      action,
      because: z.string(),
      ...said,
      /** The selectors that decided within rule groups, from the outside in. */
      groups: z.array(z.object({ group: z.string(), ...said })),
    }),
  ),
  /** Ways to the opposite outcome. */
  change: z.array(
    z.object({
      level,
      steps: z.array(
        z.object({
          policy: z.string(),
          action,
          should: z.enum(['match', 'not match', 'be fulfilled']),
          of: z.enum(['all', 'any']),
          needs: z.array(z.object({ at: z.string(), text: z.string() })),
        }),
      ),
    }),
  ),
  notes: z.array(z.string()),
});

const ANY_ARGUMENTS_NOTE = 'No arguments are given: the answer is whether any would do.';

export const testPolicies: GuardedRoute = {
  operation: 'testPolicies',
  method: 'POST',
  path: '/api/v1/policies/test',
  summary: 'What policies decide about somebody here and now, why, and what would have to change',
  permission: 'documents:read',
  body: testRequest,
  answer,
  async handle(api, { request }) {
    const test = readBody(testRequest, request);
    const portalId = portalIdOf(api.portalIds, test.portal);
    const portal = await catalogInForce(api.snapshots, portalId);
    const target = findTarget(portal.catalog, test);
    const { subject, who: whose, notes } = await subjectOf(api, test);
    const given = evidenceOf(test.overrides);
    const evidence = testedEvidence(given, api.evidence ?? noEvidence, test.askExternal);
    const args = test.arguments === undefined ? {} : { args: test.arguments };
    const { decision, trace, change, asked } = await runTest(portal, target, subject, { ...args, evidence });
    const { allowed, level, policy, reason, remedies } = decision;
    const { at, offer } = target;
    return jsonResponse(200, {
      who: whose,
      target: {
        portal: portalId,
        ...(at ? { server: at.server.id } : {}),
        ...(offer ? { tool: offer.name } : {}),
      },
      decision: { allowed, outcome: outcomeOf(decision), level, policy, reason, remedies },
      trace,
      change,
      notes: [
        ...notes,
        ...unknownNotes(asked, test.askExternal),
        ...(offer && test.arguments === undefined ? [ANY_ARGUMENTS_NOTE] : []),
      ],
    });
  },
};
