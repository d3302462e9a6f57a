import type { DataLabel, ServerLabel, ToolRisk } from '../shared/documents/labels.ts';
import type {
  Ask,
  Certificate,
  Device,
  Evidence,
  Fulfilled,
  PersonSubject,
  Risk,
  Subject,
  Target,
} from './decision.ts';
import { type IpAddress, parseAddress } from './ip-address.ts';
import { type LocalTime, localTime } from './local-time.ts';

const DOMAIN = /^[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$/;
const BLANK_OR_CONTROL = /[\s\p{Cc}]/u;

/** Lower case for A to Z alone: the Kelvin sign and its like must not become letters of another address. */
const lowerAscii = (text: string): string => text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());

export interface FactsOptions {
  evidence?: Evidence;
  /** Leaves open what is judged on each request (address, time, device, risk): would the holder be let in with the right ones? */
  requestOpen?: boolean;
}

/**
 * A subject's attributes in the form that selectors compare, read once per request. Undefined is unknown; evidence
 * that is looked at and not there is noted in `asked`.
 */
export class Facts {
  readonly subject: Subject;
  /** Lower case; unknown when it is not an address whose domain a selector could name. */
  readonly email: string | undefined;
  /** What follows the last `@`, lower case. */
  readonly domain: string | undefined;
  readonly groups: ReadonlySet<string> | undefined;
  /** The id of a service token; undefined for a person. */
  readonly serviceToken: string | undefined;
  readonly now: number;
  readonly requestOpen: boolean;
  /** Shared by the facts of one request about several targets. */
  readonly asked: Set<Ask>;
  readonly target: Target;
  readonly #evidence: Evidence;
  #address: IpAddress | undefined | null = null;
  #localTimes: Map<string, LocalTime> | undefined;

  constructor(
    subject: Subject,
    { evidence = {}, requestOpen = false }: FactsOptions = {},
    about?: { of: Facts; target: Target },
  ) {
    this.subject = subject;
    this.serviceToken = subject.serviceToken;
    this.requestOpen = requestOpen;
    this.#evidence = evidence;
    this.now = subject.now ?? about?.of.now ?? Date.now();
    this.asked = about?.of.asked ?? new Set();
    this.target = about?.target ?? {};
    if (about) {
      this.email = about.of.email;
      this.domain = about.of.domain;
      this.groups = about.of.groups;
      return;
    }
    const email = subject.email ?? '';
    const at = email.lastIndexOf('@');
    const domain = email.slice(at + 1);
    if (at > 0 && DOMAIN.test(domain) && !BLANK_OR_CONTROL.test(email)) {
      this.email = lowerAscii(email);
      this.domain = lowerAscii(domain);
    }
    this.groups = subject.groups && new Set(subject.groups);
  }

  /** The same holder and request, about something else. */
  about(target: Target): Facts {
    const { requestOpen } = this;
    return new Facts(this.subject, { evidence: this.#evidence, requestOpen }, { of: this, target });
  }

  /** The person; undefined for a service token. */
  get person(): PersonSubject | undefined {
    return this.subject.serviceToken === undefined ? this.subject : undefined;
  }

  get address(): IpAddress | undefined {
    const { ip } = this.subject;
    if (this.#address === null) this.#address = ip === undefined ? undefined : parseAddress(ip);
    return this.#address;
  }

  get certificate(): Certificate | null | undefined {
    return this.subject.certificate;
  }

  get labels(): readonly ServerLabel[] | undefined {
    return this.target.labels;
  }

  get toolRisk(): ToolRisk | undefined {
    return this.target.toolRisk;
  }

  get risk(): Risk | undefined {
    return this.#looked('risk');
  }

  get devices(): readonly Device[] | undefined {
    return this.#looked('devices');
  }

  get taints(): ReadonlySet<DataLabel> | undefined {
    return this.#looked('taints');
  }

  get fulfilled(): Fulfilled | undefined {
    return this.#looked('fulfilled');
  }

  /** What an external evaluation answered. */
  external(id: string): boolean | undefined {
    const answer = this.#evidence.external?.get(id);
    if (answer === undefined) this.asked.add(`external:${id}`);
    return answer;
  }

  localTime(timeZone: string): LocalTime {
    this.#localTimes ??= new Map();
    const known = this.#localTimes.get(timeZone);
    if (known) return known;
    const local = localTime(this.now, timeZone);
    this.#localTimes.set(timeZone, local);
    return local;
  }

  #looked<Kind extends Exclude<keyof Evidence, 'external'>>(kind: Kind): Evidence[Kind] {
    const found = this.#evidence[kind];
    if (found === undefined) this.asked.add(kind);
    return found;
  }
}
