import * as z from 'zod';
import {
  endSecrets,
  liveSecrets,
  readServiceSecrets,
  rotateSecrets,
  type ServiceSecrets,
  serviceSecretsKey,
} from '../access/clients/service-secrets.ts';
import { serviceClientId } from '../access/sessions/holder.ts';
import type { DocumentOf } from '../shared/documents/kinds.ts';
import { SallyportError } from '../shared/errors.ts';
import type { Table } from '../shared/table.ts';

type Document = DocumentOf<'ServiceToken'>;

/** How a service token signs in now, without anything that would let somebody do so. */
export const serviceTokenStatus = z.object({
  clientId: z.string(),
  authentication: z.enum(['secret', 'keys']),
  /** Secrets that work now, newest first; ISO 8601. */
  secrets: z.array(z.object({ createdAt: z.string(), expiresAt: z.string() })),
});
export type ServiceTokenStatus = z.output<typeof serviceTokenStatus>;

const nowSeconds = () => Math.floor(Date.now() / 1000);
export const isoTime = (seconds: number): string => new Date(seconds * 1000).toISOString();

async function read(identity: Table, id: string): Promise<ServiceSecrets | undefined> {
  const item = await identity.get(serviceSecretsKey(id));
  return item && readServiceSecrets(item);
}

export async function statusOf(identity: Table, { metadata, spec }: Document): Promise<ServiceTokenStatus> {
  const live = liveSecrets(await read(identity, metadata.id), nowSeconds());
  return {
    clientId: serviceClientId(metadata.id),
    authentication: spec.jwks ? 'keys' : 'secret',
    secrets: (spec.jwks ? [] : live).map(({ createdAt, expiresAt }) => ({
      createdAt: isoTime(createdAt),
      expiresAt: isoTime(expiresAt),
    })),
  };
}

/** Writes what follows from what was read. @throws SallyportError `conflict` 409 when somebody else did meanwhile. */
async function write(
  identity: Table,
  id: string,
  before: ServiceSecrets | undefined,
  after: ServiceSecrets,
): Promise<void> {
  const condition = before
    ? { expression: 'revision = :r', values: { ':r': before.revision } }
    : { expression: 'attribute_not_exists(pk)' };
  if (await identity.put({ ...serviceSecretsKey(id), ...after }, condition)) return;
  const message = 'Somebody else changed the secrets of this service token at the same moment. Try again.';
  throw new SallyportError('conflict', 409, message);
}

/** Makes a new secret, which is told nowhere but here. */
export async function rotateServiceSecret(
  identity: Table,
  { metadata, spec }: Document,
  keepPreviousHours: number,
): Promise<{ secret: string; secrets: ServiceSecrets }> {
  if (spec.jwks) {
    const message = 'This service token signs in with keys of its own: take jwks out of its document first.';
    throw new SallyportError('uses_keys', 409, message, { at: 'path' });
  }
  const before = await read(identity, metadata.id);
  const made = rotateSecrets(before, nowSeconds(), {
    lifetimeSeconds: spec.secretLifetimeDays * 86_400,
    keepPreviousSeconds: keepPreviousHours * 3_600,
  });
  await write(identity, metadata.id, before, made.secrets);
  return made;
}

/** Ends every secret, and every access token that was issued to the service token. */
export async function endServiceSecrets(identity: Table, id: string): Promise<void> {
  const before = await read(identity, id);
  await write(identity, id, before, endSecrets(before));
}

/** Forgets the secrets of a service token whose document is deleted. */
export async function removeServiceSecrets(identity: Table, id: string): Promise<void> {
  await identity.delete(serviceSecretsKey(id));
}
