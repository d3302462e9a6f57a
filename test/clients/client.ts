import type { TestCloud } from '../fixtures/cloud.ts';

/** One person with one client and a home folder in which nothing is remembered. */
export interface Trip {
  cloud: TestCloud;
  person: string;
  home: string;
  /** The URL of a client ID metadata document for this trip alone. */
  documentUrl: string;
  /** Ends whatever the client started. */
  signal: AbortSignal;
}

/** What the person saw in the client. */
export interface Seen {
  tools: readonly string[];
  /** The text of the answer to `hr__find_employee`. */
  answer: string;
}

export interface Client {
  name: string;
  /** It says who it is by a client ID metadata document; others register themselves or have a token. */
  documented?: true;
  /** What it shows of the reason when the portal refuses the person; the whole reason unless said otherwise. */
  refusal?: RegExp;
  /** Discovers, registers, signs in, lists the tools and calls one. @throws Error with all that the client said. */
  connect(trip: Trip): Promise<Seen>;
}

export const TOOL = 'hr__find_employee';
export const QUERY = 'lindqvist';
