import { globSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EXPECTED_DATA_VERSION, readDataState } from '../../lambdas/migrations/data-version.ts';
import { migrateData } from '../../lambdas/migrations/migrate-data.ts';
import { MIGRATIONS } from '../../lambdas/migrations/migrations.ts';
import { publishSnapshot } from '../../lambdas/policy/snapshot-store.ts';
import {
  type Administration,
  catalogOf,
  policy,
  portal,
  server,
  startAdministration,
} from '../admin/administration.ts';

describe('the migrations', () => {
  const names = MIGRATIONS.map(({ name }) => name);

  it('are those of the folder, in the order of their numbers, without a gap', () => {
    const folder = join(import.meta.dirname, '../../lambdas/migrations');
    const files = globSync('[0-9]*.ts', { cwd: folder }).map((file) => basename(file, '.ts'));
    expect(names).toEqual(files.toSorted());
    expect(names.map((name) => Number(name.slice(0, 4)))).toEqual(names.map((_, index) => index + 1));
  });

  it('lead to the version that the rest of the code expects', () => {
    expect(names).toHaveLength(EXPECTED_DATA_VERSION);
  });
});

describe('data of an early version', () => {
  let admin: Administration;
  beforeAll(async () => {
    admin = await startAdministration();
    admin.upstreams.set('https://one.example.com/mcp', catalogOf('search'));
    await admin.apply(policy('staff'), server('one', { naming: 'unprefixed' }), portal({ servers: ['one'] }));
    await admin.call('POST', '/servers/one/sync');
  });
  afterAll(() => admin.close());

  const migrate = () => {
    const { policies, catalog } = admin;
    const stores = { policies, catalog, bucket: admin.api.snapshots.bucket };
    return migrateData({ stores, migrations: MIGRATIONS, now: Date.now, hasTime: () => true });
  };

  it('is of no version before, and then of this code’s', async () => {
    expect(await readDataState(admin.policies)).toBeUndefined();
    const current = await admin.snapshot();
    await migrate();
    expect(await readDataState(admin.policies)).toMatchObject({ version: EXPECTED_DATA_VERSION });
    expect(await admin.snapshot()).toEqual(current);
  });

  it('has portals published again that were published without a naming of tools', async () => {
    const current = await admin.snapshot();
    if (!current) throw new Error('The portal is not in force.');
    const early = structuredClone(current);
    for (const each of early.servers) Reflect.deleteProperty(each, 'naming');
    await publishSnapshot(admin.api.snapshots, 'default', early);
    expect((await admin.snapshot())?.servers[0]?.naming).toBe('prefixed');
    await admin.policies.delete({ pk: 'DataVersion', sk: 'current' });
    await migrate();
    expect((await admin.snapshot())?.servers[0]?.naming).toBe('unprefixed');
  });
});
