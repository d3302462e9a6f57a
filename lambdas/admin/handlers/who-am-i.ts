import * as z from 'zod';
import { jsonResponse } from '../../shared/http.ts';
import { permissions, roles } from '../roles.ts';
import type { GuardedRoute } from '../route.ts';

const answer = z.object({
  person: z.object({
    id: z.string(),
    email: z.string(),
    name: z.string().optional(),
    groups: z.array(z.string()),
  }),
  role: z.enum(Object.keys(roles)),
  permissions: z.array(z.enum(permissions)),
  client: z.string(),
});

export const whoAmI: GuardedRoute = {
  operation: 'whoAmI',
  method: 'GET',
  path: '/api/v1/me',
  summary: 'The person behind the token, with their role and what it permits',
  permission: 'role',
  answer,
  async handle(_api, { caller }) {
    const { id, email, name, groups } = caller.person;
    return jsonResponse(200, {
      person: { id, email, name, groups },
      role: caller.role,
      permissions: roles[caller.role],
      client: caller.clientId,
    });
  },
};
