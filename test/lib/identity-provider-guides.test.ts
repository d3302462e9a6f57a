import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from '@jest/globals';
import { readConfiguration } from '../../lib/configuration.ts';

const root = join(import.meta.dirname, '../..');
const pages = globSync('docs/guide/identity-providers{.md,/*.md}', { cwd: root }).toSorted((a, b) =>
  a.localeCompare(b),
);
const textOf = (page: string) => readFileSync(join(root, page), 'utf8');
const BASE = { name: 'Acme', owners: ['security@example.com'], portals: ['default'] };

describe('the guides for identity providers', () => {
  const snippets = pages.flatMap((page) =>
    [...textOf(page).matchAll(/```ts\n([\s\S]*?)```/g)].map((match) => [page, match[1] ?? ''] as const),
  );

  it('has a page for each of them', () => {
    expect(pages).toHaveLength(4);
    expect(snippets.length).toBeGreaterThanOrEqual(8);
  });

  it.each(snippets)('%s has what sallyport.config.ts takes: %s', (_page, snippet) => {
    const environment: object = runInNewContext(`({ ${snippet} })`);
    const test = structuredClone({ ...BASE, ...environment });
    expect(readConfiguration({ environments: { test } }, 'test')).toMatchObject({ name: 'Acme' });
  });

  it.each(pages)('%s leads only to pages and sections that are there', (page) => {
    for (const [, path = '', section] of textOf(page).matchAll(/\]\((?!https:)([^)#]*)(?:#([^)]*))?\)/g)) {
      const target = path === '' ? page : join(page, '..', path);
      const headings = [...textOf(target).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
        heading
          .toLowerCase()
          .replace(/[^\w -]/g, '')
          .replaceAll(' ', '-'),
      );
      if (section !== undefined) expect(headings).toContain(section);
    }
  });
});

it('the refusals that the guides explain are those that people see', () => {
  const sources = globSync('lambdas/access/sign-in/*.ts', { cwd: root }).map(textOf).join('\n');
  const refusals = [
    'may not vouch for e-mail addresses of your domain',
    'gives no e-mail address for you that is accepted here',
    'has not verified your e-mail address',
    'is linked to several identity providers',
    'did not sign you in: ',
  ];
  for (const refusal of refusals) {
    expect(sources).toContain(refusal);
    expect(textOf('docs/guide/identity-providers.md')).toContain(refusal);
  }
});
