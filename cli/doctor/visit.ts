import type { HealthAnswer } from '../../lambdas/admin/health/answer.ts';
import type { Tokens } from '../oauth.ts';
import { type Answer, ask } from './answer.ts';
import { Found } from './check.ts';
import { explainSilence } from './explain-silence.ts';

export interface VisitOptions {
  /** The origin of the deployment. */
  url: string;
  /** A seeded person of the embedded cloud, instead of a browser. */
  person: string | undefined;
  openBrowser: boolean;
  /** Leave out everything that needs a sign-in. */
  anonymous: boolean;
  /** The host behind the public origin; else the deployment says which. */
  apiHost: string | undefined;
  /** For the person at the terminal. */
  say(text: string): void;
}

/** The keys that the deployment publishes, as far as they are looked at. */
export interface PublishedKey {
  kid: string;
  [member: string]: unknown;
}

/** What checks learned for those after them. */
interface Learned {
  keys?: readonly PublishedKey[];
  admin?: Tokens;
  portal?: Tokens;
  email?: string;
  permissions?: readonly string[];
  health?: HealthAnswer;
  /** How far the function's clock is ahead of ours, in milliseconds. */
  functionAhead?: number;
  /** What the portal cannot do for this person, and why: no calls are worth trying. */
  closed?: string;
  /** The user agent under which a call was refused, which the audit has. */
  refusedAs?: string;
}

/** One examination of a deployment: how to ask it, and what is known of it by now. */
export class Visit {
  readonly options: VisitOptions;
  readonly url: string;
  readonly began = new Date();
  readonly learned: Learned = {};

  constructor(options: VisitOptions) {
    this.options = options;
    this.url = options.url;
  }

  /** A deployment on this machine, without TLS. */
  get isLocal(): boolean {
    return new URL(this.url).hostname === '127.0.0.1';
  }

  /** A request to a path of the deployment, or to another address. @throws Found when there is no answer. */
  async ask(path: string, init: RequestInit = {}): Promise<Answer> {
    const url = new URL(path, this.url).href;
    try {
      return await ask(url, init);
    } catch (error) {
      throw new Found(explainSilence(error));
    }
  }
}
