import type { Subject } from '../../policy/decision.ts';
import { type DataLabel, dataLabel } from '../../shared/documents/labels.ts';
import type { Key, Table } from '../../shared/table.ts';
import { nowSeconds } from '../lifetimes.ts';

/** No session lasts longer; a service token, which has no sessions, is clean again a day after its last such read. */
const KEPT_SECONDS = { session: 8 * 86_400, service: 86_400 } as const;

const taintsKey = (subject: Subject): Key | undefined => {
  if (subject.serviceToken !== undefined)
    return { pk: `Taints#service-${subject.serviceToken}`, sk: 'current' };
  return subject.session === undefined ? undefined : { pk: `Taints#${subject.session}`, sk: 'current' };
};

/** What a session carries away from servers that it read; undefined for a subject that has none. */
export async function taintsOf(identity: Table, subject: Subject): Promise<Set<DataLabel> | undefined> {
  const key = taintsKey(subject);
  if (!key) return undefined;
  const found = await identity.get(key);
  if (typeof found?.ttl === 'number' && found.ttl <= nowSeconds()) return new Set();
  const labels = found?.labels instanceof Set ? [...found.labels] : [];
  return new Set(dataLabel.options.filter((label) => labels.includes(label)));
}

/** Notes what a session is about to read. @throws when it cannot be stored: the read must not be made then. */
export async function addTaints(
  identity: Table,
  subject: Subject,
  labels: readonly DataLabel[],
): Promise<void> {
  const key = taintsKey(subject);
  if (!key) throw new Error('Somebody without a session was about to read.');
  const lasts = KEPT_SECONDS[subject.serviceToken === undefined ? 'session' : 'service'];
  await identity.update(key, {
    expression: 'ADD #labels :labels SET #ttl = :ttl',
    names: { '#labels': 'labels', '#ttl': 'ttl' },
    values: { ':labels': new Set(labels), ':ttl': nowSeconds() + lasts },
  });
}
