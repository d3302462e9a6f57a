import * as z from 'zod';
import { type ClientReview, listReviews, REVIEW_STATUSES } from '../../access/clients/held-clients.ts';
import { jsonResponse } from '../../shared/http.ts';
import { readQuery } from '../read-query.ts';
import type { GuardedRoute } from '../route.ts';

const query = z.strictObject({
  status: z.enum(REVIEW_STATUSES).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  /** The `next` of the page before. */
  next: z
    .string()
    .regex(/^[\w-]{1,80}$/, 'must be the next of an earlier page')
    .optional(),
});

export const clientReview = z.object({
  /** Names the application in the other paths and on the command line. */
  key: z.string(),
  /** OAuth's `client_id`: of a registered application, or the URL of its metadata document. */
  client: z.string(),
  /** What it calls itself; anybody may take any name. */
  name: z.string().optional(),
  /** What the portal's `spec.clients.hosts` would have to list. */
  hosts: z.array(z.string()),
  redirectUris: z.array(z.string()),
  status: z.enum(REVIEW_STATUSES),
  /** E-mail address of the first who wanted to connect it. */
  askedBy: z.string(),
  askedAt: z.string(),
  /** When a held application is forgotten. */
  expiresAt: z.string().optional(),
  decidedBy: z.string().optional(),
  decidedAt: z.string().optional(),
});

export function representReview(review: ClientReview): z.output<typeof clientReview> {
  const { askedBy, decidedBy, expiresAt, ...rest } = review;
  return {
    ...rest,
    askedBy: askedBy.email,
    ...(expiresAt === undefined ? {} : { expiresAt: new Date(expiresAt * 1000).toISOString() }),
    ...(decidedBy ? { decidedBy: decidedBy.email } : {}),
  };
}

export const listClients: GuardedRoute = {
  operation: 'listClients',
  method: 'GET',
  path: '/api/v1/clients',
  summary:
    'Applications that an owner decides or decided about; a page may be short while `next` is not null',
  permission: 'clients:read',
  query,
  answer: z.object({ items: z.array(clientReview), next: z.string().nullable() }),
  async handle(api, { request }) {
    const { status, limit, next } = readQuery(query, request);
    const page = await listReviews(api.identity, { status, limit, after: next });
    return jsonResponse(200, { items: page.reviews.map(representReview), next: page.next ?? null });
  },
};
