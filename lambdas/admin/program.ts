import type { ServiceTokens } from '../access/clients/service-tokens.ts';
import type { ServiceAccessToken } from '../access/sessions/holder.ts';
import type { Actor } from '../audit/record.ts';
import type { ProgramPermission } from '../shared/documents/service-token.ts';
import { SallyportError } from '../shared/errors.ts';
import type { HttpRequest } from '../shared/http.ts';

/** A program that calls the admin API with a service token. */
export interface Program {
  name: string;
  permissions: readonly ProgramPermission[];
  actor: Actor;
}

const ended = (message: string) =>
  new SallyportError('invalid_token', 401, message, { at: 'header Authorization' });

/** @throws SallyportError 401 when the service token is gone, disabled, or its credentials were ended or changed. */
export async function programOf(
  services: ServiceTokens,
  token: ServiceAccessToken,
  request: HttpRequest,
): Promise<Program> {
  const found = await services.find(token.service);
  if (!found?.spec.enabled || found.credentials !== token.credentials)
    throw ended('This service token was deleted or disabled, or its credentials were ended.');
  const agent = request.headers['user-agent'];
  return {
    name: found.id,
    permissions: found.spec.permissions,
    actor: {
      service: { id: found.id, title: found.spec.title },
      client: { id: token.clientId },
      ip: request.sourceIp,
      ...(agent ? { userAgent: agent.slice(0, 200) } : {}),
    },
  };
}

/** @throws SallyportError `no_permission` 403 unless the document of the service token gives it. */
export function checkProgram({ name, permissions }: Program, permission: string): void {
  if (permissions.some((given) => given === permission)) return;
  throw new SallyportError(
    'no_permission',
    403,
    `The service token "${name}" may not do this: its document would have to give it ${permission}.`,
  );
}
