import { LEGACY_VERSION } from '../protocol.ts';
import type { Method } from './context.ts';
import { describePortal, serverInfoOf } from './describe-portal.ts';

/** `initialize` (2025-11-25, lifecycle): no session, since requests stand on their own. */
export const initialize: Method = (context) => ({
  protocolVersion: LEGACY_VERSION,
  ...describePortal(context),
  serverInfo: serverInfoOf(context.catalog.portal),
});
