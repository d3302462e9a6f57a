import * as z from 'zod';
import { askAdmin } from '../admin-request.ts';
import { type Check, pass } from '../check.ts';
import { mustHave } from '../explain-answer.ts';
import { signIn } from './sign-in.ts';

const me = z.object({
  person: z.object({ email: z.string() }),
  role: z.string().nullable(),
  permissions: z.array(z.string()),
});

/** Who signed in, and what they may do. */
export const whoAmI: Check = {
  name: 'who-am-i',
  after: [signIn],
  async examine(visit) {
    const { person, role, permissions } = mustHave(await askAdmin(visit, '/me'), me, 'GET /api/v1/me');
    visit.learned.email = person.email;
    visit.learned.permissions = permissions;
    return pass(
      role === null
        ? `${person.email}, without a role: what only owners may see is left out`
        : `${person.email}, ${role}`,
    );
  },
};
