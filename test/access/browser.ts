import { CookieJar } from 'tough-cookie';
import type { HttpRequest, HttpResponse } from '../../lambdas/shared/http.ts';

export type Service = (request: HttpRequest) => Promise<HttpResponse>;

export interface Page {
  url: URL;
  status: number;
  headers: Record<string, string>;
  body: string;
}

export interface Call {
  method?: string;
  headers?: Record<string, string>;
  body?: string;
  sourceIp?: string;
}

/** A request as API Gateway hands it to the function. */
export function httpRequest(url: URL | string, call: Call = {}): HttpRequest {
  const { pathname, searchParams } = new URL(url);
  return {
    method: call.method ?? 'GET',
    path: pathname,
    query: searchParams,
    headers: call.headers ?? {},
    body: call.body ?? '',
    sourceIp: call.sourceIp ?? '192.0.2.7',
    requestId: 'request',
  };
}

/** A form post, as browsers and OAuth clients send it. */
export function formPost(values: Record<string, string> | URLSearchParams): Call {
  return {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(values).toString(),
  };
}

/** A browser with cookies: our origin is answered by the service, all others by the network. */
export class Browser {
  readonly #service: Service;
  readonly #origin: string;
  readonly jar = new CookieJar(undefined, { prefixSecurity: 'strict' });
  /** Pages that redirected, newest last. */
  readonly trail: Page[] = [];

  constructor(service: Service, origin: string) {
    this.#service = service;
    this.#origin = origin;
  }

  /** One request, no redirect followed. */
  async request(address: URL | string, call: Call = {}): Promise<Page> {
    const url = new URL(address);
    const cookie = await this.jar.getCookieString(url.href);
    const headers = { ...call.headers, ...(cookie ? { cookie } : {}) };
    const page =
      url.origin === this.#origin
        ? await this.#ours(url, { ...call, headers })
        : await this.#theirs(url, { ...call, headers });
    return page;
  }

  /** Follows redirects to the first page, or to an address that `until` names. */
  async visit(address: URL | string, call: Call = {}, until?: (url: URL) => boolean): Promise<Page> {
    let url = new URL(address);
    let page = await this.request(url, call);
    while (page.status >= 300 && page.status < 400 && page.headers.location) {
      this.trail.push(page);
      url = new URL(page.headers.location, url);
      if (until?.(url)) return { url, status: 0, headers: {}, body: '' };
      page = await this.request(url);
    }
    return page;
  }

  async #ours(url: URL, call: Call): Promise<Page> {
    const answer = await this.#service(httpRequest(url, call));
    for (const value of answer.cookies ?? []) await this.jar.setCookie(value, url.href);
    return { url, status: answer.status, headers: answer.headers ?? {}, body: answer.body ?? '' };
  }

  async #theirs(url: URL, call: Call): Promise<Page> {
    const answer = await fetch(url, {
      method: call.method ?? 'GET',
      headers: call.headers ?? {},
      ...(call.body === undefined ? {} : { body: call.body }),
      redirect: 'manual',
    });
    for (const value of answer.headers.getSetCookie()) await this.jar.setCookie(value, url.href);
    return {
      url,
      status: answer.status,
      headers: Object.fromEntries(answer.headers),
      body: await answer.text(),
    };
  }
}
