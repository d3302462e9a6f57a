import type { Adapter, AdapterPayload } from 'oidc-provider';

interface Entry {
  model: string;
  payload: AdapterPayload;
  expiresAt: number;
}

/** The provider's state, in memory: after a restart people sign in again. One per user pool. */
export function signInState(): (model: string) => Adapter {
  const entries = new Map<string, Entry>();
  const find = (matches: (entry: Entry) => boolean): AdapterPayload | undefined => {
    for (const [key, entry] of entries) {
      if (entry.expiresAt < Date.now()) entries.delete(key);
      else if (matches(entry)) return entry.payload;
    }
    return undefined;
  };

  return (model) => ({
    async upsert(id, payload, expiresIn) {
      entries.set(`${model}#${id}`, { model, payload, expiresAt: Date.now() + (expiresIn ?? 3600) * 1000 });
    },
    async find(id) {
      const wanted = entries.get(`${model}#${id}`);
      return wanted && find((entry) => entry === wanted);
    },
    async findByUid(uid) {
      return find((entry) => entry.model === model && entry.payload.uid === uid);
    },
    async findByUserCode(userCode) {
      return find((entry) => entry.model === model && entry.payload.userCode === userCode);
    },
    async consume(id) {
      const entry = entries.get(`${model}#${id}`);
      if (entry) entry.payload = { ...entry.payload, consumed: Math.floor(Date.now() / 1000) };
    },
    async destroy(id) {
      entries.delete(`${model}#${id}`);
    },
    async revokeByGrantId(grantId) {
      for (const [key, entry] of entries)
        if (entry.model === model && entry.payload.grantId === grantId) entries.delete(key);
    },
  });
}
