import { type Adapter, type AdapterPayload, errors, Provider } from 'oidc-provider';
import * as z from 'zod';
import type { Table } from '../shared/table.ts';
import { itemKey } from './item-key.ts';
import { LIFETIME, nowSeconds } from './lifetimes.ts';
import { signInBehind } from './sessions/standing-grant.ts';

/** Longer ids cannot be ours; a key of the table holds 2,048 bytes. */
const LONGEST_ID = 256;

const storedItem = z.object({
  payload: z.record(z.string(), z.unknown()),
  consumed: z.number().optional(),
  ttl: z.number().optional(),
});

/** A code or refresh token that was used a moment ago: the request lost a race against one like itself. */
export class JustUsed extends errors.InvalidGrant {
  constructor() {
    super('used by a concurrent request');
  }
}

/**
 * The provider's state in the identity table, one item per artifact, read consistently. An item past its `ttl`
 * is absent, whether or not DynamoDB has removed it. What must happen once is a conditional write.
 */
export class ProviderStore implements Adapter {
  readonly #model: string;
  readonly #identity: Table;

  constructor(model: string, identity: Table) {
    this.#model = model;
    this.#identity = identity;
  }

  async upsert(id: string, payload: AdapterPayload, expiresIn?: number): Promise<void> {
    const { jti: _secret, consumed, ...kept } = JSON.parse(JSON.stringify(payload)) as AdapterPayload;
    // A proof may be from the future, as far as from the past: it is good for twice the time that the library asks for.
    const lives = (expiresIn ?? 0) * (this.#model === 'ReplayDetection' ? 2 : 1);
    const ttl = nowSeconds() + lives;
    const item = {
      ...itemKey(this.#model, id),
      payload: kept,
      consumed,
      grantId: payload.grantId,
      person: payload.accountId,
      clientId: payload.clientId,
      ...(expiresIn === undefined ? {} : { ttl }),
    };
    if (this.#model === 'ReplayDetection') {
      const fresh = await this.#identity.put(item, {
        expression: 'attribute_not_exists(pk) OR #ttl <= :now',
        names: { '#ttl': 'ttl' },
        values: { ':now': nowSeconds() },
      });
      if (!fresh) throw new errors.InvalidGrant('replayed');
      return;
    }
    await this.#identity.put(item);
    await this.#point('Uid', payload.uid, id, ttl);
    await this.#point('UserCode', payload.userCode, id, ttl);
  }

  async find(id: string): Promise<AdapterPayload | undefined> {
    if (id.length > LONGEST_ID) return undefined;
    const stored = await this.#identity.get(itemKey(this.#model, id));
    if (!stored) return undefined;
    const { payload, consumed, ttl } = storedItem.parse(stored);
    const now = nowSeconds();
    if (ttl !== undefined && ttl <= now) return undefined;
    if (this.#model === 'Grant' && !(await signInBehind(this.#identity, stored))) return undefined;
    if (
      consumed !== undefined &&
      Provider.ctx?.oidc.route === 'token' &&
      now - consumed < LIFETIME.reuseGrace
    )
      throw new JustUsed();
    return { ...payload, jti: id, ...(consumed === undefined ? {} : { consumed }) };
  }

  async findByUid(uid: string): Promise<AdapterPayload | undefined> {
    return this.#follow('Uid', uid);
  }

  async findByUserCode(userCode: string): Promise<AdapterPayload | undefined> {
    return this.#follow('UserCode', userCode);
  }

  /**
   * Marks a code or refresh token as used; of parallel redemptions exactly one gets past this.
   * @throws JustUsed for all others.
   */
  async consume(id: string): Promise<void> {
    const first = await this.#identity.update(
      itemKey(this.#model, id),
      {
        expression: 'SET #consumed = :now',
        names: { '#consumed': 'consumed' },
        values: { ':now': nowSeconds() },
      },
      'attribute_exists(pk) AND attribute_not_exists(#consumed)',
    );
    if (!first) throw new JustUsed();
  }

  /** Pointers are left to their `ttl`: they lead nowhere without the item. */
  async destroy(id: string): Promise<void> {
    await this.#identity.delete(itemKey(this.#model, id));
  }

  /**
   * Clears away what a grant issued. The index may lag, and that is fine: what revokes is the removal of the
   * grant's own item, which every redemption and every session reader looks up with a consistent read.
   */
  async revokeByGrantId(grantId: string): Promise<void> {
    let after: Record<string, unknown> | undefined;
    do {
      const page = await this.#identity.query({
        index: 'by-grant',
        partition: { attribute: 'grantId', value: grantId },
        sort: { attribute: 'pk', prefix: `${this.#model}#` },
        ...(after ? { after } : {}),
      });
      await Promise.all(page.items.map(({ pk, sk }) => this.#identity.delete({ pk, sk })));
      after = page.next;
    } while (after);
  }

  async #point(by: 'Uid' | 'UserCode', value: string | undefined, id: string, ttl: number): Promise<void> {
    if (value === undefined) return;
    await this.#identity.put({ ...itemKey(`${this.#model}${by}`, value), target: id, ttl });
  }

  async #follow(by: 'Uid' | 'UserCode', value: string): Promise<AdapterPayload | undefined> {
    const pointer = await this.#identity.get(itemKey(`${this.#model}${by}`, value));
    const found = typeof pointer?.target === 'string' ? await this.find(pointer.target) : undefined;
    return found?.[by === 'Uid' ? 'uid' : 'userCode'] === value ? found : undefined;
  }
}
