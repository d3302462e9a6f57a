import type { Holder, HolderToken } from '../access/sessions/holder.ts';
import type { HolderReader } from '../access/sessions/holder-reader.ts';
import { challenge } from '../access/tokens/challenge.ts';
import type { TokenVerifier } from '../access/tokens/verify-token.ts';
import type { Actor } from '../audit/record.ts';
import type { Arrival } from '../shared/arrival.ts';
import { SallyportError, toErrorBody } from '../shared/errors.ts';
import type { HttpRequest, StreamingResponse } from '../shared/http.ts';
import { PORTAL_SCOPE } from '../shared/origin.ts';
import { JSON_HEADERS } from './answer.ts';

/** Who is behind a request. */
export interface Admitted {
  token: HolderToken;
  session: Holder;
  ip: string;
  /** What the front door knows besides. */
  arrival: Pick<Arrival, 'country' | 'certificate'>;
  userAgent: string | undefined;
}

/**
 * Judges the access token, and the proof of a bound one, on every request: a gateway in front may remember its own answer.
 * @throws SallyportError 400, 401 or 403.
 */
export async function admit(
  request: HttpRequest,
  tokens: TokenVerifier<HolderToken>,
  sessions: HolderReader,
): Promise<Admitted> {
  const token = await tokens.verifyRequest(request);
  if (!token.scopes.includes(PORTAL_SCOPE))
    throw new SallyportError('insufficient_scope', 403, `The access token lacks the scope ${PORTAL_SCOPE}.`);
  const session = await sessions.read(token);
  const { sourceIp: ip, country, certificate, headers } = request;
  const arrival = {
    ...(country === undefined ? {} : { country }),
    ...(certificate === undefined ? {} : { certificate }),
  };
  return { token, session, ip, arrival, userAgent: headers['user-agent'] };
}

/** @param claimedName what the client calls itself in the request; the name that it registered goes first. */
export function actorOf({ token, session, ip, userAgent }: Admitted, claimedName: string | undefined): Actor {
  const name = session.service === undefined ? (session.clientName ?? claimedName) : claimedName;
  return {
    ...(session.service === undefined
      ? { person: { id: session.person.id, email: session.person.email }, session: session.sid }
      : { service: session.service }),
    client: { id: token.clientId, ...(name === undefined ? {} : { name }) },
    ip,
    ...(userAgent === undefined ? {} : { userAgent: userAgent.slice(0, 200) }),
  };
}

/** The answer to somebody who is not admitted, with the challenge of RFC 6750 or RFC 9449, and of RFC 9728. */
export function refusalOf(error: SallyportError, origin: string): StreamingResponse {
  const { status, body } = toErrorBody(error);
  const challenged: Record<string, string> =
    status === 401 || status === 403
      ? {
          'www-authenticate': challenge(error.code, {
            resource_metadata: `${origin}/.well-known/oauth-protected-resource/mcp`,
            scope: PORTAL_SCOPE,
          }),
        }
      : {};
  return { status, headers: { ...JSON_HEADERS, ...challenged }, body: JSON.stringify(body) };
}
