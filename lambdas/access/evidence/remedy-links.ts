import { hash, randomBytes } from 'node:crypto';
import * as z from 'zod';
import type { Remedy } from '../../policy/decision.ts';
import type { Key, Table } from '../../shared/table.ts';
import { nowSeconds } from '../lifetimes.ts';

const LINK_SECONDS = 15 * 60;
const REFERENCE = /^[\w-]{43}$/;

const kinds = ['sign-in', 'step-up', 'justification', 'approval'] as const satisfies Remedy['kind'][];
const item = z.object({
  person: z.string(),
  session: z.string(),
  remedies: z.array(z.object({ kind: z.enum(kinds), policy: z.string() })),
  createdAt: z.number(),
  ttl: z.number(),
});

/** What somebody has to do before a call: for this person and this session alone. */
export type RemedyLink = Omit<z.output<typeof item>, 'ttl'>;

/** Only a hash is stored: whoever reads the table cannot follow the links. */
const linkKey = (reference: string): Key => ({
  pk: `RemedyLink#${hash('sha256', reference, 'base64url')}`,
  sk: 'current',
});

/** @returns the reference, a secret that stands in the link. */
export async function createRemedyLink(
  identity: Table,
  link: Omit<RemedyLink, 'createdAt'>,
): Promise<string> {
  const reference = randomBytes(32).toString('base64url');
  const now = nowSeconds();
  await identity.put({ ...linkKey(reference), ...link, createdAt: now, ttl: now + LINK_SECONDS });
  return reference;
}

export const isReference = (text: string | null): text is string => text !== null && REFERENCE.test(text);

export async function findRemedyLink(identity: Table, reference: string): Promise<RemedyLink | undefined> {
  const { data } = item.safeParse(await identity.get(linkKey(reference)));
  return data && data.ttl > nowSeconds() ? data : undefined;
}

/** Uses a link up; of two at once one may. */
export const useRemedyLink = (identity: Table, reference: string): Promise<boolean> =>
  identity.delete(linkKey(reference), { expression: 'attribute_exists(pk)' });
