import * as z from 'zod';
import { Failure } from './failure.ts';
import { VERSION } from './version.ts';

/** A refusal of the admin API. */
export class ApiRefusal extends Failure {
  readonly status: number;
  readonly at: string | undefined;

  constructor(status: number, message: string, at: string | undefined) {
    super(message);
    this.status = status;
    this.at = at;
  }
}

const refusalBody = z.object({
  error: z.object({ code: z.string(), message: z.string(), at: z.string().optional() }),
});

export interface ApiRequest {
  query?: Record<string, string | undefined>;
  body?: unknown;
}

const page = z.object({ items: z.array(z.record(z.string(), z.unknown())), next: z.string().nullable() });
export type Page = z.output<typeof page>;
export type Row = Page['items'][number];

/** The admin API of one deployment. */
export class ApiClient {
  readonly #url: string;
  readonly #token: () => Promise<string>;

  constructor(url: string, token: () => Promise<string>) {
    this.#url = url;
    this.#token = token;
  }

  /** One request under /api/v1. @throws ApiRefusal with the API's own words. */
  async call(method: string, path: string, request: ApiRequest = {}): Promise<unknown> {
    const url = new URL(`${this.#url}/api/v1${path}`);
    for (const [name, value] of Object.entries(request.query ?? {})) {
      if (value !== undefined) url.searchParams.set(name, value);
    }
    const hasBody = request.body !== undefined;
    const response = await fetch(url, {
      method,
      headers: {
        authorization: `Bearer ${await this.#token()}`,
        accept: 'application/json',
        'user-agent': `sallyport/${VERSION}`,
        ...(hasBody ? { 'content-type': 'application/json' } : {}),
      },
      ...(hasBody ? { body: JSON.stringify(request.body) } : {}),
    });
    return read(response, this.#url);
  }

  async page(path: string, query: ApiRequest['query'] = {}): Promise<Page> {
    return page.parse(await this.call('GET', path, { query }));
  }

  /** Goes through the pages until there are `most` items; `next` is where to go on from. */
  async list(path: string, query: Record<string, string | undefined>, most: number): Promise<Page> {
    const items: Page['items'] = [];
    let next: string | null | undefined = query.next;
    do {
      const found: Page = await this.page(path, {
        ...query,
        limit: String(Math.min(most - items.length, 200)),
        next: next ?? undefined,
      });
      items.push(...found.items);
      next = found.next;
    } while (next !== null && items.length < most);
    return { items, next };
  }
}

async function read(response: Response, url: string): Promise<unknown> {
  const text = await response.text();
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw new Failure(`${url} answered ${response.status} without JSON: is it a Sallyport deployment?`);
  }
  if (response.ok) return body;
  const refusal = refusalBody.safeParse(body).data?.error;
  if (response.status === 401) {
    throw new Failure(`You are not signed in to ${url} any more. Run: sallyport login`);
  }
  if (!refusal) throw new Failure(`${url} answered ${response.status}.`);
  throw new ApiRefusal(response.status, refusal.message, refusal.at);
}
