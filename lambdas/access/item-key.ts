import { createHash } from 'node:crypto';
import type { Key } from '../shared/table.ts';

/** Whoever holds one of these has its power, so the table knows only its hash. */
const BEARER_SECRETS: ReadonlySet<string> = new Set(['AccessToken', 'AuthorizationCode', 'RefreshToken']);

const sha256 = (text: string): string => createHash('sha256').update(text).digest('base64url');

/** Where an artifact of the provider is in the identity table: its model and its id. */
export const itemKey = (model: string, id: string): Key => ({
  pk: `${model}#${BEARER_SECRETS.has(model) ? sha256(id) : id}`,
  sk: 'current',
});
