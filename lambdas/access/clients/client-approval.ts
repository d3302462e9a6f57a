import type { Client } from 'oidc-provider';
import type { PortalSnapshot } from '../../policy/snapshot.ts';
import type { HttpRequest } from '../../shared/http.ts';
import type { Table } from '../../shared/table.ts';
import type { AdmissionOptions } from '../admission.ts';
import { type AuditTrail, clientActor, requester } from '../audit-trail.ts';
import { isFirstParty } from '../authorization-request.ts';
import type { AccessSession } from '../sessions/person.ts';
import { clientHosts, type PlacedClient } from './client-host.ts';
import { findReview, forgetHeld, holdClient, reviewKey } from './held-clients.ts';

export interface ClientApprovalOptions {
  identity: Table;
  admission: AdmissionOptions;
  audit: AuditTrail;
}

/** Whether an application may connect; `held` until an owner decides. */
export type Standing = 'admitted' | 'held' | 'denied';

/** Whether the portal lets an application in, beside what its policies say about the person. */
export class ClientApproval {
  readonly #options: ClientApprovalOptions;

  constructor(options: ClientApprovalOptions) {
    this.#options = options;
  }

  /** What the portal says about itself and its applications; undefined while it is not set up. */
  async portal(): Promise<PortalSnapshot['portal'] | undefined> {
    const { portalId, snapshots } = this.#options.admission;
    return (await snapshots.current(portalId))?.snapshot.portal;
  }

  /** True for a host that the portal lists, or that an owner approved this application at. */
  async isKnown(client: PlacedClient): Promise<boolean> {
    if (isFirstParty(client.clientId)) return true;
    const hosts = (await this.portal())?.clients.hosts ?? [];
    if (clientHosts(client).every((host) => hosts.includes(host))) return true;
    const review = await findReview(this.#options.identity, reviewKey(client.clientId));
    return review?.status === 'approved';
  }

  /** Where an application stands now; nothing is remembered between two calls. */
  async standing(client: PlacedClient): Promise<Standing> {
    if (isFirstParty(client.clientId)) return 'admitted';
    const review = await findReview(this.#options.identity, reviewKey(client.clientId));
    if (review?.status === 'denied' || review?.status === 'approved')
      return review.status === 'denied' ? 'denied' : 'admitted';
    const rules = (await this.portal())?.clients;
    if (rules?.approval !== 'unknown-hosts') return 'admitted';
    return clientHosts(client).every((host) => rules.hosts.includes(host)) ? 'admitted' : 'held';
  }

  /**
   * Where an application stands that a person wants to connect. One that is held is put before the owners, and
   * recorded when it is new to them; the attempt of one that was denied is recorded every time.
   */
  async ask(client: Client, session: AccessSession, request: HttpRequest): Promise<Standing> {
    const standing = await this.standing(client);
    if (standing === 'denied')
      await this.#record('sign-in', 'The owners denied this application.', client, session, request);
    if (standing === 'held') await this.#hold(client, session, request);
    return standing;
  }

  async #hold(client: Client, session: AccessSession, request: HttpRequest): Promise<void> {
    const { identity } = this.#options;
    const hosts = clientHosts(client);
    const { id, email } = session.person;
    const held = await holdClient(identity, {
      client: client.clientId,
      ...(client.clientName ? { name: client.clientName } : {}),
      hosts,
      redirectUris: [...(client.redirectUris ?? [])],
      askedBy: { id, email },
    });
    if (!held) return;
    try {
      const reason = `Applications of ${hosts.join(', ')} need an owner's approval.`;
      await this.#record('client-held', reason, client, session, request);
    } catch (error) {
      // So that the next attempt is new again, and recorded.
      const review = await findReview(identity, reviewKey(client.clientId));
      if (review) await forgetHeld(identity, review);
      throw error;
    }
  }

  async #record(
    activity: 'client-held' | 'sign-in',
    reason: string,
    client: Client,
    { person, sid }: AccessSession,
    request: HttpRequest,
  ): Promise<void> {
    await this.#options.audit.record({
      activity,
      status: 'failure',
      reason,
      actor: {
        ...requester(request),
        ...clientActor(client),
        person: { id: person.id, email: person.email },
        session: sid,
      },
    });
  }
}
