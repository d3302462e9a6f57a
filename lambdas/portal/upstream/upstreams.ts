import type { Outgoing } from '../../shared/outgoing.ts';
import type { Table } from '../../shared/table.ts';
import type { JsonObject } from '../json.ts';
import type { UpstreamCall } from './call.ts';
import { callLegacy } from './legacy.ts';
import { LegacySessions } from './legacy-sessions.ts';
import { callModern } from './modern.ts';

/** The servers behind the portal, whichever era they speak. */
export interface Upstreams {
  /**
   * The result in the portal's internal form, which is the modern one.
   * @throws RpcError with the server's own error; UpstreamFailure when it has no proper answer.
   */
  call(call: UpstreamCall): Promise<JsonObject>;
}

export function createUpstreams(outgoing: Outgoing, vault: Pick<Table, 'get' | 'put'>): Upstreams {
  const sessions = new LegacySessions(outgoing, vault);
  return {
    call: (call) =>
      call.server.era === 'modern' ? callModern(outgoing, call) : callLegacy(outgoing, sessions, call),
  };
}
