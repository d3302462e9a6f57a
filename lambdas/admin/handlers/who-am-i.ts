import * as z from 'zod';
import { jsonResponse } from '../../shared/http.ts';
import { permissions, roles } from '../roles.ts';
import type { PersonalRoute } from '../route.ts';

const answer = z.object({
  person: z.object({
    id: z.string(),
    email: z.string(),
    name: z.string().optional(),
    groups: z.array(z.string()),
  }),
  /** Null for a person who may do nothing but see and end their own sessions. */
  role: z.enum(Object.keys(roles)).nullable(),
  permissions: z.array(z.enum(permissions)),
  client: z.string(),
});

export const whoAmI: PersonalRoute = {
  operation: 'whoAmI',
  method: 'GET',
  path: '/api/v1/me',
  summary: 'The person behind the token, with their role and what it permits',
  permission: 'self',
  answer,
  async handle(_api, { caller }) {
    const { id, email, name, groups } = caller.person;
    return jsonResponse(200, {
      person: { id, email, name, groups: groups ?? [] },
      role: caller.role ?? null,
      permissions: caller.role === undefined ? [] : roles[caller.role],
      client: caller.clientId,
    });
  },
};
