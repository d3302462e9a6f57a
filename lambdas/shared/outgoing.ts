import { type LookupAddress, type LookupAllOptions, lookup } from 'node:dns';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { SallyportError } from './errors.ts';
import { isExcepted, isPublic, type Networks, parseNetworks } from './outgoing-address.ts';
import { diedOnIdleConnection, OutgoingAgents } from './outgoing-agents.ts';

export interface OutgoingRequest {
  url: URL;
  method: 'GET' | 'POST' | 'DELETE';
  headers: Record<string, string>;
  body?: string;
  signal: AbortSignal;
  /** May be sent again when a kept-alive connection turns out to be dead. */
  repeatable: boolean;
}

export interface Outgoing {
  /**
   * Sends one request to an address that is permitted, pinned for that connection.
   * @throws SallyportError `outgoing_forbidden` 400 for an address that is not; `outgoing_redirected` 502 for
   *   a redirect, which is never followed; the error of the socket otherwise.
   */
  send(request: OutgoingRequest): Promise<IncomingMessage>;
  close(): void;
}

const forbidden = (message: string) => new SallyportError('outgoing_forbidden', 400, message, { at: 'url' });

const NOT_PUBLIC =
  'The address is not on the public internet. Give the public address, or have the network added to the configuration.';
const NOT_HTTPS = 'The URL must begin with https://.';

/** The host without the brackets of an IPv6 literal. `URL` has already made other spellings of IPv4 canonical. */
const hostOf = (url: URL): string => url.hostname.replace(/^\[|\]$/g, '');

function permitAddress(address: string, plain: boolean, networks: Networks): void {
  if (isExcepted(address, networks)) return;
  if (!isPublic(address)) throw forbidden(NOT_PUBLIC);
  if (plain) throw forbidden(NOT_HTTPS);
}

/** Judges what the URL alone shows: scheme, credentials, literal addresses. Names are judged when they resolve. */
function permitUrl(url: URL, networks: Networks): void {
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && networks.length > 0))
    throw forbidden(NOT_HTTPS);
  if (url.username || url.password) throw forbidden('The URL must not contain a user name or password.');
  const host = hostOf(url);
  if (isIP(host)) permitAddress(host, url.protocol === 'http:', networks);
}

/** Resolves a name to every address that it has, as `dns.lookup` does. */
export type Resolve = (
  hostname: string,
  options: LookupAllOptions,
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/**
 * A lookup that hands a connection only addresses that are permitted, every one of them checked. The connection
 * is made to what was checked, so a name that resolves differently a moment later gains nothing.
 */
function guardedLookup(plain: boolean, networks: Networks, resolve: Resolve): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, '');
      try {
        for (const { address } of addresses) permitAddress(address, plain, networks);
      } catch (refusal) {
        return callback(refusal instanceof Error ? refusal : new Error(String(refusal)), '');
      }
      const [first] = addresses;
      if (options.all) return callback(null, addresses);
      return first ? callback(null, first.address, first.family) : callback(new Error('no address'), '');
    });
  };
}

/**
 * The only way out of the deployment to an address that somebody configured or a document names: https only,
 * public addresses only, no redirects, no proxy of the environment. `networks` are CIDR ranges that are
 * excepted, where plain http is accepted too.
 * @throws Error when `networks` has something that is not CIDR.
 */
export function createOutgoing(networks: readonly string[], resolve: Resolve = lookup): Outgoing {
  const excepted = parseNetworks(networks);
  const agents = new OutgoingAgents();
  const lookups = {
    'http:': guardedLookup(true, excepted, resolve),
    'https:': guardedLookup(false, excepted, resolve),
  };

  const attempt = (outgoing: OutgoingRequest, again: boolean): Promise<IncomingMessage> =>
    new Promise((fulfil, reject) => {
      const { url, method, headers, body, signal } = outgoing;
      const secure = url.protocol === 'https:';
      const request = (secure ? httpsRequest : httpRequest)({
        agent: agents.for(url.protocol),
        lookup: lookups[secure ? 'https:' : 'http:'],
        host: hostOf(url),
        port: url.port || (secure ? 443 : 80),
        path: url.pathname + url.search,
        method,
        headers: body === undefined ? headers : { ...headers, 'content-length': Buffer.byteLength(body) },
        signal,
      });
      request.once('response', (response) => {
        const status = response.statusCode ?? 0;
        if (status < 300 || status > 399) return fulfil(response);
        response.destroy();
        reject(
          new SallyportError('outgoing_redirected', 502, 'The server answered with a redirect.', {
            at: 'url',
          }),
        );
      });
      request.on('error', (error) => {
        if (again && outgoing.repeatable && !signal.aborted && diedOnIdleConnection(request, error))
          fulfil(attempt(outgoing, false));
        else reject(error);
      });
      request.end(body);
    });

  return {
    async send(request) {
      permitUrl(request.url, excepted);
      return attempt(request, true);
    },
    close: () => agents.close(),
  };
}

/**
 * Judges a URL before it is stored; names are judged again at every connection.
 * @throws SallyportError `outgoing_forbidden` 400.
 */
export function assertOutgoingUrl(url: string, networks: readonly string[]): void {
  if (!URL.canParse(url)) throw forbidden('The URL cannot be read.');
  permitUrl(new URL(url), parseNetworks(networks));
}
