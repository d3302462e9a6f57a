import { CatalogStore } from '../admin/catalog-store.ts';
import { DocumentStore } from '../admin/document-store.ts';
import { publishPortals } from '../admin/publish.ts';
import type { Migration } from './migration.ts';

/**
 * Snapshots of early versions say neither how a server's tools are named nor which clients are approved; readers
 * add what was meant. Publishing each portal again writes it down.
 */
export const publishPortalsAnew: Migration = {
  name: '0001-publish-portals-anew',
  async step({ policies, catalog, bucket }, cursor) {
    const documents = new DocumentStore(policies);
    const { items, next } = await documents.page('Portal', 1, cursor);
    const ids = items.map(({ document }) => document.metadata.id);
    await publishPortals(
      { snapshots: { policies, bucket }, documents, catalogs: new CatalogStore(catalog) },
      ids,
    );
    return next;
  },
};
