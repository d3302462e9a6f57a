import { negotiate } from '../eras/legacy-versions.ts';
import type { Method } from './context.ts';
import { describePortal, serverInfoOf } from './describe-portal.ts';

/** `initialize` (lifecycle of every legacy version): no session, since requests stand on their own. */
export const initialize: Method = (context) => ({
  protocolVersion: negotiate(context.request.params.protocolVersion).version,
  ...describePortal(context),
  serverInfo: serverInfoOf(context.catalog.portal),
});
