import * as z from 'zod';
import { serviceClientId } from '../../access/sessions/holder.ts';
import { explainFaults } from '../../shared/documents/faults.ts';
import type { DocumentOf } from '../../shared/documents/kinds.ts';
import { invalid } from '../../shared/documents/parse-document.ts';
import { jsonResponse } from '../../shared/http.ts';
import { parseJsonBody } from '../json-body.ts';
import { recordChanges } from '../record-changes.ts';
import type { AdminApi, GuardedRoute } from '../route.ts';
import { endServiceSecrets, isoTime, rotateServiceSecret } from '../service-secrets.ts';
import { existing } from './get-document.ts';

const body = z.strictObject({
  /** How long the secret before stays good beside the new one; 0 ends it now. */
  keepPreviousHours: z.number().int().min(0).max(168).default(24),
});

function readBody(text: string): z.output<typeof body> {
  const result = body.safeParse(text.trim() === '' ? {} : parseJsonBody(text));
  if (result.success) return result.data;
  throw invalid(explainFaults(result.error, body, ''), 'invalid_request');
}

async function serviceToken(api: AdminApi, id: string): Promise<DocumentOf<'ServiceToken'>> {
  const { document } = await existing(api, 'ServiceToken', id);
  if (document.kind !== 'ServiceToken') throw new Error('the store mixed up its kinds');
  return document;
}

const KIND = 'ServiceTokenSecret';
const PATH = '/api/v1/service-tokens/{id}/secrets';

export const rotateServiceTokenSecret: GuardedRoute = {
  operation: 'rotateServiceTokenSecret',
  method: 'POST',
  path: PATH,
  summary: 'Make a new secret for a service token; the answer is the only place where it is ever shown',
  permission: 'documents:write',
  attempt: { activity: 'create', kind: KIND },
  body,
  bodyOptional: true,
  answer: z.object({
    id: z.string(),
    clientId: z.string(),
    secret: z.string(),
    expiresAt: z.string(),
    /** Until when the secret before is good too; null when there is none. */
    previousExpiresAt: z.string().nullable(),
  }),
  async handle(api, call) {
    const { keepPreviousHours } = readBody(call.request.body);
    const document = await serviceToken(api, call.id);
    const { id } = call;
    const change = { activity: 'create', document: { kind: KIND, id } } as const;
    const { secret, secrets } = await recordChanges(api, call, [change], () =>
      rotateServiceSecret(api.identity, document, keepPreviousHours),
    );
    const { current, previous } = secrets;
    return jsonResponse(200, {
      id,
      clientId: serviceClientId(id),
      secret,
      expiresAt: isoTime(current?.expiresAt ?? 0),
      previousExpiresAt: previous ? isoTime(previous.expiresAt) : null,
    });
  },
};

export const revokeServiceTokenSecrets: GuardedRoute = {
  operation: 'revokeServiceTokenSecrets',
  method: 'DELETE',
  path: PATH,
  summary: 'End every secret and every access token of a service token at once',
  permission: 'documents:write',
  attempt: { activity: 'delete', kind: KIND },
  answer: z.object({ id: z.string(), result: z.literal('revoked') }),
  async handle(api, call) {
    await serviceToken(api, call.id);
    const { id } = call;
    const change = { activity: 'delete', document: { kind: KIND, id } } as const;
    await recordChanges(api, call, [change], () => endServiceSecrets(api.identity, id));
    return jsonResponse(200, { id, result: 'revoked' });
  },
};
