import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { buildSnapshot } from '../../lambdas/policy/build-snapshot.ts';
import type { PortalSnapshot } from '../../lambdas/policy/snapshot.ts';
import { publishLatest, publishSnapshot, SnapshotReader } from '../../lambdas/policy/snapshot-store.ts';
import { contentHash } from '../../lambdas/shared/canonical-json.ts';
import { Table } from '../../lambdas/shared/table.ts';
import { startTestStore, type TestStore } from '../fixtures/store.ts';
import { configuration, portalDocument } from './documents.ts';
import { type ObjectStore, startObjectStore } from './object-store.ts';

const titled = (title: string): PortalSnapshot =>
  buildSnapshot(portalDocument({ title }), configuration([], []), new Map());

let store: TestStore;
let objectStore: ObjectStore;
let policies: Table;
let now = 1_000_000;
const stores = () => ({ policies, bucket: 'snapshots-of-test' });
const publish = (title: string) => publishLatest(stores(), 'main', async () => titled(title));
const newReader = (options = stores()) => new SnapshotReader({ ...options, now: () => now });
const title = async (reader: SnapshotReader) => (await reader.current('main'))?.snapshot.portal.title;

beforeAll(async () => {
  store = await startTestStore();
  objectStore = await startObjectStore();
  policies = new Table(store.tableName('policies'));
});
afterAll(async () => {
  await store.close();
  await objectStore.close();
});
beforeEach(async () => {
  await policies.delete({ pk: 'Snapshot#main', sk: 'current' });
  objectStore.objects.clear();
  objectStore.requests.length = 0;
});

/** A table whose reads fail while it is told to. */
class FlakyTable extends Table {
  down = false;
  override async get(...[key, options]: Parameters<Table['get']>) {
    if (this.down) throw new Error('the store is down');
    return super.get(key, options);
  }
}

describe('a published snapshot', () => {
  it('is read back as it was built, under the hash of its content', async () => {
    const version = await publishSnapshot(stores(), 'main', titled('First'));
    expect(version).toBe(contentHash(titled('First')));
    expect([...objectStore.objects.keys()]).toEqual([`/snapshots-of-test/snapshots/main/${version}.json`]);
    expect(await newReader().current('main')).toEqual({ version, snapshot: titled('First') });
  });

  it('is undefined for a portal that has none, and after the portal was taken out of force', async () => {
    expect(await newReader().current('main')).toBeUndefined();
    await publish('First');
    expect(await publishLatest(stores(), 'main', async () => undefined)).toBeNull();
    expect(await newReader().current('main')).toBeUndefined();
    await publish('Again');
    expect(await title(newReader())).toBe('Again');
  });

  it('is there at once for whoever looked when there was none', async () => {
    const reader = newReader();
    expect(await reader.current('main')).toBeUndefined();
    await publish('First');
    expect(await title(reader)).toBe('First');
  });

  it('holds everywhere once it is 15 s old, and is not asked for before', async () => {
    await publish('First');
    const reader = newReader();
    expect(await title(reader)).toBe('First');
    await publish('Second');
    now += 14_999;
    expect(await title(reader)).toBe('First');
    now += 1;
    expect(await title(reader)).toBe('Second');
  });

  it('is fetched once per version, however many ask at once', async () => {
    await publish('First');
    const reader = newReader();
    await Promise.all(Array.from({ length: 20 }, () => reader.current('main')));
    now += 60_000;
    await reader.current('main');
    expect(objectStore.requests.filter((request) => request.startsWith('GET'))).toHaveLength(1);
  });

  it.each([
    ['altered', (content: string) => content.replace('First', 'Forged')],
    ['cut short', (content: string) => content.slice(0, 20)],
    ['empty', () => ''],
  ])('is refused when its object was %s', async (_, alter) => {
    const version = await publish('First');
    const path = `/snapshots-of-test/snapshots/main/${version}.json`;
    objectStore.objects.set(path, alter(objectStore.objects.get(path) ?? ''));
    await expect(newReader().current('main')).rejects.toMatchObject({
      code: 'snapshot_unavailable',
      status: 503,
    });
  });

  it('is refused when it is of another portal', async () => {
    const foreign = await publishSnapshot(stores(), 'other', {
      ...titled('Other'),
      portal: { ...titled('Other').portal, id: 'other' },
    });
    objectStore.objects.set(
      `/snapshots-of-test/snapshots/main/${foreign}.json`,
      objectStore.objects.get(`/snapshots-of-test/snapshots/other/${foreign}.json`) ?? '',
    );
    await policies.put({ pk: 'Snapshot#main', sk: 'current', version: foreign, number: 1, updatedAt: '' });
    await expect(newReader().current('main')).rejects.toMatchObject({ code: 'snapshot_unavailable' });
  });
});

describe('while the store is down', () => {
  const prepared = async () => {
    await publish('First');
    const flaky = new FlakyTable(policies.name);
    const reader = newReader({ ...stores(), policies: flaky });
    await reader.current('main');
    flaky.down = true;
    return { flaky, reader };
  };

  it('the last good snapshot serves until it is 60 s old, then nobody is served', async () => {
    const { reader } = await prepared();
    for (const seconds of [20, 20, 19]) {
      now += seconds * 1000;
      expect(await title(reader)).toBe('First');
    }
    now += 1000;
    await expect(reader.current('main')).rejects.toMatchObject({ code: 'snapshot_unavailable', status: 503 });
  });

  it('a portal never read before is not served', async () => {
    const flaky = new FlakyTable(policies.name);
    flaky.down = true;
    await expect(newReader({ ...stores(), policies: flaky }).current('main')).rejects.toMatchObject({
      code: 'snapshot_unavailable',
    });
  });

  it('what changed meanwhile holds soon after it is back', async () => {
    const { flaky, reader } = await prepared();
    now += 16_000;
    expect(await title(reader)).toBe('First');
    await publish('Second');
    flaky.down = false;
    now += 1000;
    expect(await title(reader)).toBe('Second');
  });

  it('a clock that was set back does not keep an old snapshot alive', async () => {
    const { reader } = await prepared();
    now -= 3_600_000;
    await expect(reader.current('main')).rejects.toMatchObject({ code: 'snapshot_unavailable' });
  });
});

describe('publishers at the same time', () => {
  it('a snapshot of older documents cannot replace that of newer ones', async () => {
    await publish('first');
    let document = 'old';
    const slow = publishLatest(stores(), 'main', async () => {
      const read = document;
      if (read === 'old') {
        document = 'new';
        await publish('new');
      }
      return titled(read);
    });
    await slow;
    expect(await title(newReader())).toBe('new');
  });

  it('a publisher who says what it had seen is told that it is outdated', async () => {
    await publish('First');
    await publish('Second');
    await expect(publishSnapshot(stores(), 'main', titled('Late'), 1)).rejects.toMatchObject({
      code: 'snapshot_outdated',
      status: 409,
    });
    expect(await title(newReader())).toBe('Second');
  });

  it('going back to an earlier content still outdates those who read in between', async () => {
    await publish('A');
    await publish('B');
    await publish('A');
    await expect(publishSnapshot(stores(), 'main', titled('C'), 1)).rejects.toMatchObject({ status: 409 });
  });

  it('all get through, and the last documents are in force', async () => {
    await publish('0');
    let count = 0;
    const changeAndPublish = () => {
      count++;
      return publishLatest(stores(), 'main', async () => titled(`${count}`));
    };
    await Promise.all(Array.from({ length: 5 }, changeAndPublish));
    expect(await title(newReader())).toBe('5');
  });
});
