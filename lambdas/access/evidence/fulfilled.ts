import * as z from 'zod';
import type { Fulfilled, Subject } from '../../policy/decision.ts';
import type { Key, Table } from '../../shared/table.ts';
import { LIFETIME, nowSeconds } from '../lifetimes.ts';
import { approvedPolicies } from './approvals.ts';

/** Longer than any session. */
const KEPT_SECONDS = LIFETIME.accessSession + 86_400;
const JUSTIFIED = 'justified#';
const STEPPED_UP = 'stepped-up';

const steppedUpItem = z.object({ at: z.number(), methods: z.array(z.string()) });

const partition = (session: string): string => `Fulfilled#${session}`;
const kept = (key: Key, more: object) => ({ ...key, ...more, ttl: nowSeconds() + KEPT_SECONDS });

/** What a person has done to meet conditions: in this session, and by the approval of others. */
export async function fulfilledOf(identity: Table, subject: Subject): Promise<Fulfilled | undefined> {
  if (subject.serviceToken !== undefined || !subject.session || !subject.person) return undefined;
  const [{ items }, approved] = await Promise.all([
    identity.query({ partition: { value: partition(subject.session) }, consistent: true }),
    approvedPolicies(identity, subject.person),
  ]);
  const steppedUp = steppedUpItem.safeParse(items.find(({ sk }) => sk === STEPPED_UP)).data;
  const justified = items.flatMap(({ sk }) => (sk.startsWith(JUSTIFIED) ? [sk.slice(JUSTIFIED.length)] : []));
  return { justified: new Set(justified), approved, ...(steppedUp ? { steppedUp } : {}) };
}

/** Notes that the question of a policy was answered in this session. */
export async function keepJustification(identity: Table, session: string, policy: string): Promise<void> {
  await identity.put(kept({ pk: partition(session), sk: `${JUSTIFIED}${policy}` }, {}));
}

/** Notes a fresh sign-in of the session's person. @param signIn epoch seconds, and methods of RFC 8176. */
export async function keepStepUp(
  identity: Table,
  session: string,
  signIn: { at: number; methods: readonly string[] },
): Promise<void> {
  await identity.put(
    kept({ pk: partition(session), sk: STEPPED_UP }, { ...signIn, methods: [...signIn.methods] }),
  );
}
