import { MODERN_VERSION } from '../protocol.ts';
import type { Method } from './context.ts';
import { describePortal } from './describe-portal.ts';
import { LIST_TTL_MS } from './lists.ts';

/** `server/discover` (2026-07-28): answered by the portal itself, for this person. */
export const discover: Method = (context) => ({
  resultType: 'complete',
  supportedVersions: [MODERN_VERSION],
  ...describePortal(context),
  ttlMs: LIST_TTL_MS,
  cacheScope: 'private',
});
