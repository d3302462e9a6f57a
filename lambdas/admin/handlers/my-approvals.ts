import * as z from 'zod';
import {
  type ApprovalRequest,
  approvalRequests,
  approve,
  endApproval,
  findApprovalRequest,
} from '../../access/evidence/approvals.ts';
import { nowSeconds } from '../../access/lifetimes.ts';
import type { Person } from '../../access/sessions/person.ts';
import { duration, secondsIn } from '../../shared/documents/duration.ts';
import { explainFaults } from '../../shared/documents/faults.ts';
import { invalid } from '../../shared/documents/parse-document.ts';
import type { PolicySpec } from '../../shared/documents/policy.ts';
import { SallyportError } from '../../shared/errors.ts';
import { jsonResponse } from '../../shared/http.ts';
import { parseJsonBody } from '../json-body.ts';
import type { AdminApi, PersonalCall, PersonalRoute } from '../route.ts';
import { documentKey } from '../world.ts';

const shown = z.object({
  id: z.string(),
  email: z.string(),
  policy: z.string(),
  reason: z.string(),
  requestedAt: z.string(),
  status: z.enum(['requested', 'approved']),
  until: z.string().nullable(),
  by: z.string().nullable(),
});
const answer = z.object({ items: z.array(shown), next: z.null() });

type Asked = NonNullable<PolicySpec['approval']>;

/** What each policy says of approvals now: a request does not keep its approvers. */
async function approvalsOf(api: AdminApi): Promise<(policy: string) => Asked | undefined> {
  const { documents } = await api.documents.load();
  return (policy) => {
    const found = documents.get(documentKey('Policy', policy))?.document;
    return found?.kind === 'Policy' ? found.spec.approval : undefined;
  };
}

/** Nobody approves for themselves, by whichever of their accounts. */
const mayDecide = (asked: Asked | undefined, request: ApprovalRequest, { id, email }: Person): boolean =>
  asked?.approvers.includes(email) === true && request.person !== id && request.email !== email;

function inWords({ id, email, policy, reason, status, requestedAt, until, by }: ApprovalRequest) {
  const iso = (seconds: number) => new Date(seconds * 1000).toISOString();
  return {
    id,
    email,
    policy,
    reason,
    status,
    requestedAt: iso(requestedAt),
    until: until === undefined ? null : iso(until),
    by: by ?? null,
  };
}

export const listMyApprovals: PersonalRoute = {
  operation: 'listMyApprovals',
  method: 'GET',
  path: '/api/v1/me/approvals',
  summary: 'Requests that you may decide about, and those that were approved',
  permission: 'self',
  answer,
  async handle(api, { caller }) {
    const [asked, requests] = [await approvalsOf(api), await approvalRequests(api.identity)];
    const mine = requests.filter((one) => mayDecide(asked(one.policy), one, caller.person));
    return jsonResponse(200, { items: mine.map(inWords), next: null });
  },
};

const body = z.discriminatedUnion('decision', [
  z.strictObject({
    request: z.string().min(1).max(64),
    decision: z.literal('approve'),
    for: duration('24h').optional(),
  }),
  z.strictObject({ request: z.string().min(1).max(64), decision: z.literal('deny') }),
]);
type Decided = z.output<typeof body>;

const gone = () =>
  new SallyportError(
    'not_found',
    404,
    'There is no such request for you to decide about, or it was decided.',
    {
      at: 'request',
    },
  );

async function record(
  { audit }: AdminApi,
  { caller }: PersonalCall,
  { email, policy }: ApprovalRequest,
  what: string,
) {
  const reason = `${what} ${email} for policy "${policy}".`;
  await audit.authentication({ activity: 'approval', actor: caller.actor, status: 'success', reason });
}

async function decide(api: AdminApi, call: PersonalCall, decided: Decided): Promise<ApprovalRequest> {
  const request = await findApprovalRequest(api.identity, decided.request);
  const asked = request && (await approvalsOf(api))(request.policy);
  if (!request || !asked || !mayDecide(asked, request, call.caller.person)) throw gone();
  if (decided.decision === 'deny') {
    await record(api, call, request, request.status === 'approved' ? 'Ended the approval of' : 'Denied');
    await endApproval(api.identity, request);
    return request;
  }
  const wanted = decided.for ?? asked.longest;
  if (secondsIn(wanted) > secondsIn(asked.longest)) {
    const message = `must be at most ${asked.longest}, as policy "${request.policy}" says`;
    throw invalid([{ at: 'for', message }], 'invalid_request');
  }
  const until = nowSeconds() + secondsIn(wanted);
  await record(api, call, request, `Approved for ${wanted}:`);
  const by = call.caller.person.email;
  if (!(await approve(api.identity, request, by, until))) throw gone();
  return { ...request, status: 'approved', until, by };
}

export const decideApproval: PersonalRoute = {
  operation: 'decideApproval',
  method: 'POST',
  path: '/api/v1/me/approvals',
  summary: 'Approve a request for a while, deny it, or end an approval',
  permission: 'self',
  body,
  answer: shown,
  async handle(api, call) {
    const read = body.safeParse(parseJsonBody(call.request.body));
    if (!read.success) throw invalid(explainFaults(read.error, body, ''), 'invalid_request');
    return jsonResponse(200, inWords(await decide(api, call, read.data)));
  },
};
