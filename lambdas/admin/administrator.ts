import type { ServiceTokens } from '../access/clients/service-tokens.ts';
import type { HolderToken } from '../access/sessions/holder.ts';
import type { Person } from '../access/sessions/person.ts';
import type { SessionReader } from '../access/sessions/session-reader.ts';
import type { TokenVerifier } from '../access/tokens/verify-token.ts';
import type { Actor } from '../audit/record.ts';
import { SallyportError } from '../shared/errors.ts';
import type { HttpRequest } from '../shared/http.ts';
import { ADMIN_SCOPE } from '../shared/origin.ts';
import { type Program, programOf } from './program.ts';
import { type Role, roleOf } from './roles.ts';

/** Who calls the admin API; without a role they may do nothing. */
export interface Caller {
  person: Person;
  role: Role | undefined;
  clientId: string;
  actor: Actor;
}

/** A caller who has a role. */
export type Administrator = Caller & { role: Role };

export interface AuthenticationOptions {
  tokens: TokenVerifier<HolderToken>;
  services: ServiceTokens;
  sessions: SessionReader;
  owners: readonly string[];
}

/** @throws SallyportError 401 without a valid token of this API, 403 `insufficient_scope`. */
export async function authenticate(
  options: AuthenticationOptions,
  request: HttpRequest,
): Promise<Caller | Program> {
  const token = await options.tokens.verifyRequest(request);
  if (!token.scopes.includes(ADMIN_SCOPE)) {
    const message = `The access token lacks the scope "${ADMIN_SCOPE}".`;
    throw new SallyportError('insufficient_scope', 403, message, { at: 'header Authorization' });
  }
  if (token.service !== undefined) return programOf(options.services, token, request);
  const { sid, person } = await options.sessions.read(token);
  const agent = request.headers['user-agent'];
  return {
    person,
    role: roleOf(person.email, options.owners),
    clientId: token.clientId,
    actor: {
      person: { id: person.id, email: person.email },
      session: sid,
      client: { id: token.clientId },
      ip: request.sourceIp,
      ...(agent ? { userAgent: agent } : {}),
    },
  };
}
