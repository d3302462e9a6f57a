import { hash } from 'node:crypto';
import * as z from 'zod';
import type { Key, Table } from '../../shared/table.ts';
import { nowSeconds } from '../lifetimes.ts';

const REQUESTS = 'ApprovalRequests';
const OPEN_SECONDS = 7 * 86_400;

const item = z.object({
  sk: z.string(),
  person: z.string(),
  email: z.string(),
  policy: z.string(),
  reason: z.string(),
  requestedAt: z.number(),
  status: z.enum(['requested', 'approved']),
  until: z.number().optional(),
  by: z.string().optional(),
  ttl: z.number(),
});

/** Somebody's request to be let in by a policy, open or approved. */
export interface ApprovalRequest extends Omit<z.output<typeof item>, 'sk' | 'ttl'> {
  id: string;
}

/** One request of a person for a policy at a time. */
const idOf = (person: string, policy: string): string =>
  hash('sha256', `${person}\0${policy}`, 'base64url').slice(0, 22);
const requestKey = (id: string): Key => ({ pk: REQUESTS, sk: id });
const approvalKey = (person: string, policy: string): Key => ({ pk: `Approvals#${person}`, sk: policy });

function readRequest(found: unknown): ApprovalRequest | undefined {
  const { data } = item.safeParse(found);
  if (!data || data.ttl <= nowSeconds()) return undefined;
  const { sk: id, ttl: _, ...request } = data;
  return { id, ...request };
}

/** Files a request, or asks again with another reason. */
export async function requestApproval(
  identity: Table,
  request: Pick<ApprovalRequest, 'person' | 'email' | 'policy' | 'reason'>,
): Promise<string> {
  const id = idOf(request.person, request.policy);
  const now = nowSeconds();
  const filed = {
    ...requestKey(id),
    ...request,
    status: 'requested',
    requestedAt: now,
    ttl: now + OPEN_SECONDS,
  };
  await identity.put(filed);
  return id;
}

/** Every request that is open or approved. */
export async function approvalRequests(identity: Table): Promise<ApprovalRequest[]> {
  const found: ApprovalRequest[] = [];
  let after: Record<string, unknown> | undefined;
  do {
    const page = await identity.query({
      partition: { value: REQUESTS },
      consistent: true,
      ...(after ? { after } : {}),
    });
    found.push(...page.items.flatMap((one) => readRequest(one) ?? []));
    after = page.next;
  } while (after);
  return found;
}

export const findApprovalRequest = async (
  identity: Table,
  id: string,
): Promise<ApprovalRequest | undefined> => readRequest(await identity.get(requestKey(id)));

/**
 * Approves an open request for a while; of two at once one wins.
 * @param until epoch seconds.
 * @returns false when it is not open any more.
 */
export async function approve(
  identity: Table,
  request: ApprovalRequest,
  by: string,
  until: number,
): Promise<boolean> {
  const won = await identity.update(
    requestKey(request.id),
    {
      expression: 'SET #status = :approved, #until = :until, #by = :by, #ttl = :until',
      names: { '#status': 'status', '#until': 'until', '#by': 'by', '#ttl': 'ttl' },
      values: { ':approved': 'approved', ':requested': 'requested', ':until': until, ':by': by },
    },
    '#status = :requested',
  );
  if (won) await identity.put({ ...approvalKey(request.person, request.policy), until, by, ttl: until });
  return won;
}

/** Denies an open request, or ends an approval. */
export async function endApproval(identity: Table, { id, person, policy }: ApprovalRequest): Promise<void> {
  await identity.delete(approvalKey(person, policy));
  await identity.delete(requestKey(id));
}

/** The policies that somebody else approved for a person, and still does. */
export async function approvedPolicies(identity: Table, person: string): Promise<Set<string>> {
  const { items } = await identity.query({ partition: { value: `Approvals#${person}` }, consistent: true });
  const now = nowSeconds();
  const standing = items.filter(({ until }) => typeof until === 'number' && until > now);
  return new Set(standing.map(({ sk }) => sk));
}
