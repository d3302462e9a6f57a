import type { Offer } from './catalog.ts';
import type { PortalRequest } from './eras/portal-request.ts';
import type { ExchangeRecord } from './exchange-record.ts';
import { checkInputRequired } from './input-required.ts';
import type { JsonObject } from './json.ts';
import type { Forwarding } from './methods/context.ts';
import type { Notification } from './upstream/call.ts';
import type { Upstreams } from './upstream/upstreams.ts';

export interface ForwardingOptions {
  upstreams: Upstreams;
  request: PortalRequest;
  record: ExchangeRecord;
  holder: string;
  signal: AbortSignal;
  onNotification: (notification: Notification) => void;
}

/** Asks the server behind an offer, and takes the time that it needs. */
export async function forwardTo(
  { at }: Offer,
  { params, headerParameters = [], repeatable }: Forwarding,
  options: ForwardingOptions,
): Promise<JsonObject> {
  const { upstreams, request, record, holder, signal, onNotification } = options;
  const { method, meta, clientCapabilities, progressToken, logLevel } = request;
  const started = performance.now();
  try {
    const result = await upstreams.call({
      server: at.server,
      holder,
      method,
      params,
      meta,
      clientCapabilities,
      progressToken,
      logLevel,
      headerParameters,
      repeatable,
      signal,
      onNotification,
    });
    if (request.era === 'modern') checkInputRequired(result, clientCapabilities);
    return result;
  } finally {
    record.tookUpstream(performance.now() - started);
  }
}
