import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DocumentStore } from '../../lambdas/admin/document-store.ts';
import { type QueryOptions, Table } from '../../lambdas/shared/table.ts';
import {
  type Administration,
  catalogOf,
  policy,
  portal,
  server,
  startAdministration,
} from './administration.ts';

/** The table with an index that, once frozen, no longer sees what is written: indexes are eventually consistent. */
class LaggingTable extends Table {
  readonly #seen = new Map<string, ReturnType<Table['query']>>();

  override async query(options: QueryOptions): ReturnType<Table['query']> {
    if (!options.index) return super.query(options);
    const known = this.#seen.get(options.partition.value) ?? super.query(options);
    this.#seen.set(options.partition.value, known);
    return known;
  }
}

let admin: Administration;
beforeAll(async () => {
  admin = await startAdministration();
  admin.upstreams.set('https://hr.example.com/mcp', catalogOf('find_person'));
  admin.upstreams.set('https://new.example.com/mcp', catalogOf('see'));
  await admin.apply(policy('staff'), policy('old'), server('hr'), portal({ servers: ['hr'] }));
});
afterAll(() => admin.close());

describe('while the index lags behind the table', () => {
  it('changes are judged by what is stored: new, changed and deleted documents', async () => {
    const documents = new DocumentStore(new LaggingTable(admin.policies.name));
    expect((await documents.load()).documents.size).toBe(4);
    await admin.apply(server('new'), policy('staff', { message: 'changed' }));
    await admin.call('DELETE', '/policies/old');

    const { documents: seen } = await documents.load();
    expect([...seen.keys()].toSorted()).toEqual([
      'Policy#staff',
      'Portal#default',
      'Server#hr',
      'Server#new',
    ]);
    expect(seen.get('Policy#staff')?.version).toBe(2);
  });

  it('a slug that was just taken is refused, and a document that was just named is kept', async () => {
    const table = new LaggingTable(admin.policies.name);
    admin.api.documents = new DocumentStore(table);
    await admin.api.documents.load();
    await admin.apply(policy('fresh'), server('late', { slug: 'late', policies: ['fresh'] }));

    const taken = await admin.apply(server('other', { slug: 'late' }));
    expect([taken.status, taken.body.error.code]).toEqual([409, 'slug_taken']);
    expect((await admin.call('DELETE', '/policies/fresh')).status).toBe(409);
  });

  it('a portal is put in force with the documents just applied', async () => {
    await admin.apply(portal({ title: 'Latest', servers: ['new', 'hr'] }));
    const snapshot = await admin.snapshot();
    expect([snapshot?.portal.title, snapshot?.servers.map(({ id }) => id)]).toEqual([
      'Latest',
      ['new', 'hr'],
    ]);
  });
});
