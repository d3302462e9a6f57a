import { secondsIn } from '../../shared/documents/duration.ts';
import type { Facts } from '../facts.ts';
import { selectorKind } from './selector-kind.ts';

/** How long ago the method was used last, in seconds; undefined when the provider says nothing of methods. */
function ageOf(method: string, { person, now }: Facts): number | undefined {
  const { authenticationMethods, authenticatedAt } = person ?? {};
  if (authenticationMethods === undefined || authenticatedAt === undefined) return undefined;
  return authenticationMethods.includes(method) ? now / 1000 - authenticatedAt : Number.POSITIVE_INFINITY;
}

/** The method of the sign-in (RFC 8176), where wanted not longer ago than that. */
export const authenticationMethod = selectorKind({
  name: 'authenticationMethod',
  attribute: 'authentication method',
  peopleOnly: true,
  judge: ({ method, within }, { requestOpen }) => {
    const most = within === undefined ? Number.MAX_VALUE : secondsIn(within);
    return (facts) => {
      // Somebody who may yet sign in in any way.
      if (requestOpen && facts.person?.session === undefined) return 'open';
      const age = ageOf(method, facts);
      return age === undefined ? undefined : age <= most;
    };
  },
  actual: ({ person }) => ({ methods: person?.authenticationMethods, at: person?.authenticatedAt }),
});
