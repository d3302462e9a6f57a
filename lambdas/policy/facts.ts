import type { Subject } from './decision.ts';
import { type IpAddress, parseAddress } from './ip-address.ts';

const DOMAIN = /^[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$/;
const BLANK_OR_CONTROL = /[\s\p{Cc}]/u;

/** Lower case for A to Z alone: the Kelvin sign and its like must not become letters of another address. */
const lowerAscii = (text: string): string => text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());

/** A subject's attributes in the form that selectors compare, read once per decision. Undefined is unknown. */
export class Facts {
  /** Lower case; unknown when it is not an address whose domain a selector could name. */
  readonly email: string | undefined;
  /** What follows the last `@`, lower case. */
  readonly domain: string | undefined;
  readonly groups: ReadonlySet<string> | undefined;
  /** The id of a service token; undefined for a person. */
  readonly serviceToken: string | undefined;
  readonly #ip: string | undefined;
  #address: IpAddress | undefined | null = null;

  constructor(subject: Subject) {
    this.serviceToken = subject.serviceToken;
    const email = subject.email ?? '';
    const at = email.lastIndexOf('@');
    const domain = email.slice(at + 1);
    if (at > 0 && DOMAIN.test(domain) && !BLANK_OR_CONTROL.test(email)) {
      this.email = lowerAscii(email);
      this.domain = lowerAscii(domain);
    }
    this.groups = subject.groups && new Set(subject.groups);
    this.#ip = subject.ip;
  }

  get address(): IpAddress | undefined {
    if (this.#address === null) this.#address = this.#ip === undefined ? undefined : parseAddress(this.#ip);
    return this.#address;
  }
}
