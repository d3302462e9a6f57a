import { hash } from 'node:crypto';
import * as z from 'zod';
import { canonicalJson } from '../../shared/canonical-json.ts';
import { documentId } from '../../shared/documents/identifiers.ts';
import { type ServiceTokenSpec, serviceTokenSpec } from '../../shared/documents/service-token.ts';
import type { Table } from '../../shared/table.ts';
import { readServiceSecrets, type ServiceSecrets, serviceSecretsKey } from './service-secrets.ts';

/** A service token as its document and its secrets' item say now. */
export interface ServiceToken {
  id: string;
  spec: ServiceTokenSpec;
  secrets: ServiceSecrets | undefined;
  /** Names its credentials: another name after a revocation and after a change of its keys. */
  credentials: string;
}

const documentItem = z.object({ document: z.object({ spec: serviceTokenSpec }) });

const credentialsOf = (spec: ServiceTokenSpec, secrets: ServiceSecrets | undefined): string =>
  hash('sha256', canonicalJson([secrets?.epoch ?? '', spec.jwks ?? null]), 'base64url').slice(0, 16);

/** The deployment's service tokens, read consistently: nothing is remembered here. */
export class ServiceTokens {
  readonly #policies: Table;
  readonly #identity: Table;

  constructor(policies: Table, identity: Table) {
    this.#policies = policies;
    this.#identity = identity;
  }

  /** Undefined for an id without a document; a disabled one is there. */
  async find(id: string): Promise<ServiceToken | undefined> {
    if (!documentId.safeParse(id).success) return undefined;
    const [document, item] = await Promise.all([
      this.#policies.get({ pk: `ServiceToken#${id}`, sk: 'current' }),
      this.#identity.get(serviceSecretsKey(id)),
    ]);
    if (!document) return undefined;
    const { spec } = documentItem.parse(document).document;
    const secrets = item && readServiceSecrets(item);
    return { id, spec, secrets, credentials: credentialsOf(spec, secrets) };
  }
}
