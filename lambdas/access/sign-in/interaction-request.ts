import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Provider } from 'oidc-provider';
import type { HttpRequest, HttpResponse } from '../../shared/http.ts';

/** One request to a page of an interaction, with what the library needs to find it by its cookie. */
export interface InteractionRequest {
  uid: string;
  request: HttpRequest;
  req: IncomingMessage;
  res: ServerResponse;
}

/** What the library knows of an interaction. */
export type InteractionDetails = Awaited<ReturnType<Provider['interactionDetails']>>;

/** Where the answer goes; a device has no such place. */
export const redirectOf = ({ params }: InteractionDetails): string | undefined =>
  typeof params.redirect_uri === 'string' ? params.redirect_uri : undefined;

/** Sends the browser on after a form or a page of ours. */
export const seeOther = (location: string): HttpResponse => ({
  status: 303,
  headers: { location, 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' },
});
