import { type AdapterPayload, errors } from 'oidc-provider';
import * as z from 'zod';
import type { Table } from '../../shared/table.ts';
import { errorDescription } from '../error-description.ts';
import { nowSeconds } from '../lifetimes.ts';
import { type DocumentRules, type ReadDocument, readClientDocument } from './client-document.ts';
import type { FetchDocument } from './client-document-fetch.ts';
import { clientIdFault } from './client-id-url.ts';
import { countAct, type SourceLimit } from './source-limit.ts';

export interface ClientDocumentsOptions {
  identity: Table;
  rules: DocumentRules;
  /** Networks besides the public internet where documents may be served. */
  networks: readonly string[];
  fetch: FetchDocument;
}

/** Documents that nobody has, for one source address: what is known is not counted. */
const FETCHES: SourceLimit = { name: 'ClientDocumentFetches', most: 100, window: 60 * 60 };
/** An address that just failed is not asked again for this long, however often it is named here. */
const FAILURE_MS = 30_000;
const MOST_FAILURES = 1_000;

const stored = z.object({ text: z.string(), renewAt: z.number(), ttl: z.number() });
type Stored = z.output<typeof stored>;

const keyOf = (url: string) => ({ pk: `ClientDocument#${url}`, sk: 'current' });

/**
 * The document cannot be had right now: not the client's fault, so it should come again as it is. It is not ours either:
 * anybody may name an address that does not answer, and answers of 5XX raise the alarm that stops deployments.
 */
export class DocumentUnavailable extends errors.TemporarilyUnavailable {
  override status: number;
  override statusCode: number;

  constructor(status: 400 | 429, description: string) {
    super(errorDescription(description));
    this.status = status;
    this.statusCode = status;
    this.expose = true;
  }
}

const refusal = (url: string, reason: string) =>
  new errors.InvalidClientMetadata(
    errorDescription(`The client's metadata document ${url} is not accepted: ${reason}`),
  );

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Clients whose id is the URL of their metadata document. A document is kept in the identity table for as long as
 * its host says, within limits. In the second half of that time it is asked for again: while its host is down the
 * kept one serves on, to the end of its time and never longer. What is kept is judged anew at every use.
 */
export class ClientDocuments {
  readonly #options: ClientDocumentsOptions;
  readonly #running = new Map<string, Promise<AdapterPayload>>();
  readonly #failed = new Map<string, { until: number; error: errors.OIDCProviderError }>();

  constructor(options: ClientDocumentsOptions) {
    this.#options = options;
  }

  /**
   * The client with this id.
   * @param source the address that asks, undefined for ourselves.
   * @throws errors of the library, whose descriptions say what is wrong with the document.
   */
  async find(url: string, source: string | undefined): Promise<AdapterPayload> {
    const fault = clientIdFault(url, this.#options.networks);
    if (fault)
      throw new errors.InvalidClient(errorDescription(`client_id is not an acceptable URL: ${fault}`));
    const item = stored.safeParse(await this.#options.identity.get(keyOf(url)));
    const known = item.success && item.data.ttl > nowSeconds() ? item.data : undefined;
    if (known && known.renewAt > nowSeconds()) return this.#accept(url, known.text);
    const failure = this.#failed.get(url);
    if (failure && failure.until > Date.now()) {
      if (known) return this.#accept(url, known.text);
      throw failure.error;
    }
    const running = this.#running.get(url) ?? this.#renew(url, known, source);
    this.#running.set(url, running);
    return running.finally(() => this.#running.delete(url));
  }

  #accept(url: string, text: string): AdapterPayload {
    const read: ReadDocument = readClientDocument(url, parse(text), this.#options.rules);
    if ('fault' in read) throw refusal(url, read.fault);
    return read.metadata;
  }

  async #renew(url: string, known: Stored | undefined, source: string | undefined): Promise<AdapterPayload> {
    const { identity, fetch } = this.#options;
    const wait = known || source === undefined ? undefined : await countAct(identity, FETCHES, source);
    if (wait !== undefined)
      throw new DocumentUnavailable(
        429,
        `Too many unknown applications came from your address. Try again in ${wait} s.`,
      );
    const fetched = await fetch(url);
    if (fetched.outcome === 'unreachable') {
      const message = `The client's metadata document ${url} cannot be read: ${fetched.reason}.`;
      const error = this.#fail(url, new DocumentUnavailable(400, message));
      if (known) return this.#accept(url, known.text);
      throw error;
    }
    try {
      if (fetched.outcome === 'refused') throw refusal(url, fetched.reason);
      const client = this.#accept(url, fetched.text);
      const now = nowSeconds();
      await identity.put({
        ...keyOf(url),
        text: fetched.text,
        renewAt: now + Math.ceil(fetched.lifetime / 2),
        ttl: now + fetched.lifetime,
      });
      return client;
    } catch (error) {
      if (!(error instanceof errors.OIDCProviderError)) throw error;
      if (known) await identity.delete(keyOf(url));
      throw this.#fail(url, error);
    }
  }

  #fail(url: string, error: errors.OIDCProviderError): Error {
    if (this.#failed.size >= MOST_FAILURES) this.#failed.clear();
    this.#failed.set(url, { until: Date.now() + FAILURE_MS, error });
    return error;
  }
}
