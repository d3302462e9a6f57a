import * as z from 'zod';
import { API_VERSION, type Document, type Kind, kinds } from '../shared/documents/kinds.ts';
import { type CatalogStore, type ServerStatus, serverStatus } from './catalog-store.ts';
import type { StoredDocument } from './world.ts';

/** A document as the API answers it: what was applied, and what the deployment adds. */
export interface Representation {
  apiVersion: string;
  kind: Kind;
  metadata: { id: string; version: number; updatedAt: string; updatedBy: string };
  spec: Document['spec'];
  status?: ServerStatus;
}

export function represent(stored: StoredDocument, status?: ServerStatus): Representation {
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
  catalogs: CatalogStore,
  stored: StoredDocument,
): Promise<Representation> {
  const { kind, metadata } = stored.document;
  return represent(stored, kind === 'Server' ? await catalogs.status(metadata.id) : undefined);
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
  return z.object(kind === 'Server' ? { ...shape, status: serverStatus } : shape);
}
