import type { Circumstances, PersonSubject, Subject } from '../../policy/decision.ts';
import type { Holder } from './holder.ts';
import type { AccessSession } from './person.ts';

/** A signed-in person as policies see one. */
export function personSubject(session: AccessSession, circumstances: Circumstances = {}): PersonSubject {
  const { person, sid, authenticatedAt, authenticationMethods } = session;
  return {
    ...circumstances,
    person: person.id,
    email: person.email,
    loginMethod: person.idp,
    session: sid,
    authenticatedAt,
    ...(person.groups ? { groups: person.groups } : {}),
    ...(person.claims ? { claims: person.claims } : {}),
    ...(authenticationMethods ? { authenticationMethods } : {}),
  };
}

/** Whoever stands behind a token, as policies see them. */
export const holderSubject = (holder: Holder, circumstances: Circumstances): Subject =>
  holder.service === undefined
    ? personSubject(holder, circumstances)
    : { ...circumstances, serviceToken: holder.service.id };
