import type { Access } from '../access.ts';
import type { Catalog, Offer } from '../catalog.ts';
import type { PortalRequest } from '../eras/portal-request.ts';
import type { ExchangeRecord } from '../exchange-record.ts';
import type { HeaderParameter } from '../header-parameters.ts';
import type { JsonObject } from '../json.ts';
import type { Route } from '../routing.ts';
import type { Notification } from '../upstream/call.ts';

export interface Forwarding {
  params: JsonObject;
  headerParameters?: readonly HeaderParameter[];
  /** Only reads: may be sent twice when a connection dies. */
  repeatable: boolean;
}

/** What a method of the portal works with. */
export interface Context {
  request: PortalRequest;
  catalog: Catalog;
  access: Access;
  record: ExchangeRecord;
  pageSize: number;
  /** Sends a message ahead of the result. */
  notify: (notification: Notification) => void;
  /** Sends a request to the server of a route and returns its result in the internal form. */
  forward(offer: Offer, forwarding: Forwarding): Promise<JsonObject>;
}

export type Method = (context: Context) => JsonObject | Promise<JsonObject>;

/** Notes the route in the audit record. */
export function taken<O extends Offer>({ record }: Context, route: Route<O>): O {
  record.goesTo(route.offer, route.decision);
  return route.offer;
}
