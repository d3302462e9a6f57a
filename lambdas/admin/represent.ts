import * as z from 'zod';
import { API_VERSION, type Document, type Kind, kinds } from '../shared/documents/kinds.ts';
import type { Table } from '../shared/table.ts';
import { type CatalogStore, type ServerStatus, serverStatus } from './catalog-store.ts';
import { type ServiceTokenStatus, serviceTokenStatus, statusOf } from './service-secrets.ts';
import type { StoredDocument } from './world.ts';

/** A document as the API answers it: what was applied, and what the deployment adds. */
export interface Representation {
  apiVersion: string;
  kind: Kind;
  metadata: { id: string; version: number; updatedAt: string; updatedBy: string };
  spec: Document['spec'];
  status?: ServerStatus | ServiceTokenStatus;
}

export function represent(stored: StoredDocument, status?: Representation['status']): Representation {
  const { apiVersion, kind, metadata, spec } = stored.document;
  const { version, updatedAt, updatedBy } = stored;
  return {
    apiVersion,
    kind,
    metadata: { id: metadata.id, version, updatedAt, updatedBy: updatedBy.email },
    spec,
    ...(status ? { status } : {}),
  };
}

/** Adds the status that documents of some kinds have. */
export async function representWithStatus(
  { catalogs, identity }: { catalogs: CatalogStore; identity: Table },
  stored: StoredDocument,
): Promise<Representation> {
  const { document } = stored;
  switch (document.kind) {
    case 'Server':
      return represent(stored, await catalogs.status(document.metadata.id));
    case 'ServiceToken':
      return represent(stored, await statusOf(identity, document));
    default:
      return represent(stored);
  }
}

const metadata = z.object({
  id: z.string(),
  version: z.number().int(),
  updatedAt: z.string(),
  /** E-mail address. */
  updatedBy: z.string(),
});

/** The schema of a kind's representation, for the API's description. */
export function representationOf(kind: Kind): z.ZodObject {
  const shape = {
    apiVersion: z.literal(API_VERSION),
    kind: z.literal(kind),
    metadata,
    spec: kinds[kind].schema.shape.spec,
  };
  const status = kind === 'Server' ? serverStatus : kind === 'ServiceToken' ? serviceTokenStatus : undefined;
  return z.object(status ? { ...shape, status } : shape);
}
