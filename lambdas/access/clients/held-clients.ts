import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { Item, Table } from '../../shared/table.ts';
import { nowSeconds } from '../lifetimes.ts';

/** The one partition of the identity table that holds what was asked and decided about applications. */
export const REVIEWS = 'ClientReview';
/** A held application that nobody decides about in this time is forgotten, and asks again when it comes again. */
const HELD_SECONDS = 14 * 24 * 60 * 60;
/** The item outlives that a little, so that its end can be recorded before the table removes it. */
const GRACE_SECONDS = 2 * 24 * 60 * 60;

const who = z.object({ id: z.string(), email: z.string() });

const item = z.object({
  sk: z.string(),
  client: z.string(),
  name: z.string().optional(),
  hosts: z.array(z.string()),
  redirectUris: z.array(z.string()),
  status: z.enum(['held', 'approved', 'denied']),
  askedBy: who,
  askedAt: z.string(),
  /** Epoch seconds; of a held one. */
  expiresAt: z.number().optional(),
  decidedBy: who.optional(),
  decidedAt: z.string().optional(),
});

export type ReviewStatus = z.output<typeof item>['status'];
export const REVIEW_STATUSES = item.shape.status.options;

/** What is known of an application that somebody wanted to connect, and what was decided. */
export type ClientReview = Omit<z.output<typeof item>, 'sk'> & {
  /** Short and safe in paths: the id of a registered client, a hash of a document's URL. */
  key: string;
};

export type Asked = Pick<ClientReview, 'client' | 'name' | 'hosts' | 'redirectUris' | 'askedBy'>;

export function reviewKey(clientId: string): string {
  if (/^client-[\w-]{1,64}$/.test(clientId)) return clientId;
  return `document-${createHash('sha256').update(clientId).digest('base64url').slice(0, 22)}`;
}

function read(stored: Item): ClientReview {
  const { sk: key, ...review } = item.parse(stored);
  return { key, ...review };
}

const isOver = ({ status, expiresAt = 0 }: ClientReview, now: number): boolean =>
  status === 'held' && expiresAt <= now;

/** What is decided about a client; undefined when nobody asked, or nobody decided in time. */
export async function findReview(identity: Table, key: string): Promise<ClientReview | undefined> {
  const stored = await identity.get({ pk: REVIEWS, sk: key });
  const review = stored && read(stored);
  return review && !isOver(review, nowSeconds()) ? review : undefined;
}

/** Holds a client until somebody decides. @returns false when it is held or decided about already. */
export async function holdClient(identity: Table, asked: Asked): Promise<boolean> {
  const expiresAt = nowSeconds() + HELD_SECONDS;
  return identity.put(
    {
      pk: REVIEWS,
      sk: reviewKey(asked.client),
      ...asked,
      status: 'held',
      askedAt: new Date().toISOString(),
      expiresAt,
      ttl: expiresAt + GRACE_SECONDS,
    },
    { expression: 'attribute_not_exists(pk) OR expiresAt <= :now', values: { ':now': nowSeconds() } },
  );
}

/** Forgets a held client, unless somebody has decided or asked anew since it was read. */
export async function forgetHeld(identity: Table, { key, expiresAt }: ClientReview): Promise<boolean> {
  return identity.delete(
    { pk: REVIEWS, sk: key },
    {
      expression: '#status = :held AND expiresAt = :seen',
      names: { '#status': 'status' },
      values: { ':held': 'held', ':seen': expiresAt },
    },
  );
}

/** Decides about a client that somebody asked for. @returns false when there is none such any more. */
export async function decideClient(
  identity: Table,
  key: string,
  status: 'approved' | 'denied',
  by: { id: string; email: string },
): Promise<boolean> {
  return identity.update(
    { pk: REVIEWS, sk: key },
    {
      expression: 'SET #status = :status, decidedBy = :by, decidedAt = :at REMOVE expiresAt, #ttl',
      names: { '#status': 'status', '#ttl': 'ttl' },
      values: { ':status': status, ':by': by, ':at': new Date().toISOString() },
    },
    'attribute_exists(pk)',
  );
}

/** One page of the reviews, in the order of their keys; those that are over are left out. */
export async function listReviews(
  identity: Table,
  options: { status?: ReviewStatus | undefined; limit: number; after?: string | undefined },
): Promise<{ reviews: ClientReview[]; next: string | undefined }> {
  const page = await identity.query({
    partition: { value: REVIEWS },
    limit: options.limit,
    consistent: true,
    ...(options.after === undefined ? {} : { after: { pk: REVIEWS, sk: options.after } }),
  });
  const reviews = page.items
    .map(read)
    .filter((review) => !isOver(review, nowSeconds()) && [undefined, review.status].includes(options.status));
  return { reviews, next: typeof page.next?.sk === 'string' ? page.next.sk : undefined };
}

/** Every held client whose time is over. */
export async function overdueReviews(identity: Table): Promise<ClientReview[]> {
  const overdue: ClientReview[] = [];
  let after: Record<string, unknown> | undefined;
  do {
    const page = await identity.query({
      partition: { value: REVIEWS },
      consistent: true,
      ...(after ? { after } : {}),
    });
    overdue.push(...page.items.map(read).filter((review) => isOver(review, nowSeconds())));
    after = page.next;
  } while (after);
  return overdue;
}
