import type { Table } from '../../shared/table.ts';
import { LIFETIME, nowSeconds } from '../lifetimes.ts';
import { findAccessSession } from '../sessions/people-store.ts';
import type { AccessSession } from '../sessions/person.ts';

/** Which sign-in a browser's provider session rests on; a later sign-in in the same browser replaces it. */
export class BrowserSessions {
  readonly #identity: Table;

  constructor(identity: Table) {
    this.#identity = identity;
  }

  async bind(sessionUid: string, sid: string): Promise<void> {
    const ttl = nowSeconds() + LIFETIME.accessSession;
    await this.#identity.put({ pk: `SignedIn#${sessionUid}`, sk: 'current', sid, ttl });
  }

  /** Undefined when the browser is not signed in, or its sign-in was revoked or has ended. */
  async find(sessionUid: string): Promise<AccessSession | undefined> {
    const item = await this.#identity.get({ pk: `SignedIn#${sessionUid}`, sk: 'current' });
    return typeof item?.sid === 'string' ? findAccessSession(this.#identity, item.sid) : undefined;
  }
}
