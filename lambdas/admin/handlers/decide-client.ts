import { type ClientReview, decideClient, findReview } from '../../access/clients/held-clients.ts';
import { carryOut } from '../../access/sessions/revocation.ts';
import { revokeClient } from '../../access/sessions/revoke-sessions.ts';
import { SallyportError } from '../../shared/errors.ts';
import { jsonResponse } from '../../shared/http.ts';
import { authorOf } from '../change-documents.ts';
import { recordChanges } from '../record-changes.ts';
import type { AdminApi, Call, GuardedRoute } from '../route.ts';
import { clientReview, representReview } from './list-clients.ts';

type Verdict = 'approved' | 'denied';

const unknown = (key: string) =>
  new SallyportError(
    'not_found',
    404,
    `Nobody asked for an application ${JSON.stringify(key.slice(0, 80))}, or nobody decided about it in time. \`sallyport client list\` shows those that wait.`,
    { at: 'path' },
  );

async function existing(api: AdminApi, key: string): Promise<ClientReview> {
  const review = /^[\w-]{1,80}$/.test(key) ? await findReview(api.identity, key) : undefined;
  if (!review) throw unknown(key);
  return review;
}

/** A denied application is out with all that it has, and not only when it comes again. */
async function endConnections(
  { audit, identity }: AdminApi,
  { caller }: Call,
  client: string,
): Promise<void> {
  await carryOut(audit, caller.actor, {
    activity: 'revocation',
    what: `Every connection with ${client}`,
    end: () => revokeClient(identity, client),
  });
}

async function decide(api: AdminApi, call: Call, verdict: Verdict): Promise<ClientReview> {
  const before = await existing(api, call.id);
  if (before.status !== verdict) {
    const activity = verdict === 'approved' ? 'approve' : 'deny';
    const change = {
      activity,
      document: { kind: 'Client', id: call.id },
      before: before.status,
      after: verdict,
    } as const;
    await recordChanges(api, call, [change], async () => {
      if (!(await decideClient(api.identity, call.id, verdict, authorOf(call)))) throw unknown(call.id);
    });
  }
  // Also when it was denied before: an attempt that broke off here is completed by the next one.
  if (verdict === 'denied') await endConnections(api, call, before.client);
  return existing(api, call.id);
}

function decision(
  operation: string,
  verb: 'approve' | 'deny',
  verdict: Verdict,
  summary: string,
): GuardedRoute {
  return {
    operation,
    method: 'POST',
    path: `/api/v1/clients/{id}/${verb}`,
    summary,
    permission: 'clients:decide',
    attempt: { activity: verb, kind: 'Client' },
    answer: clientReview,
    async handle(api, call) {
      return jsonResponse(200, representReview(await decide(api, call, verdict)));
    },
  };
}

export const approveClient = decision(
  'approveClient',
  'approve',
  'approved',
  'Let an application connect from now on, also one that was denied before',
);

export const denyClient = decision(
  'denyClient',
  'deny',
  'denied',
  'Keep an application out from now on, and end the connections that it has',
);
