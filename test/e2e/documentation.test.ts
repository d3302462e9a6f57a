import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import * as z from 'zod';

const root = join(import.meta.dirname, '../..');
const files = globSync(['*.md', 'docs/**/*.md', 'examples/**/*.md'], { cwd: root }).sort();
const read = (file: string) => readFileSync(join(root, file), 'utf8');
const { scripts } = z
  .object({ scripts: z.record(z.string(), z.string()) })
  .parse(JSON.parse(read('package.json')));

/** The id that a heading gets on the web. */
const anchor = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s-]/gu, '')
    .trim()
    .replace(/\s/g, '-');

const anchorsOf = (markdown: string) =>
  [...markdown.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => anchor(heading));

/** Links to files of the repository that lead nowhere. */
function brokenLinks(file: string): string[] {
  const links = [...read(file).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
  return links.filter((link) => {
    if (/^[a-z]+:/.test(link)) return false;
    const [path = '', fragment] = link.split('#');
    const target = path === '' ? file : join(dirname(file), path);
    if (!existsSync(join(root, target))) return true;
    return fragment !== undefined && !anchorsOf(read(target)).includes(fragment);
  });
}

/** Scripts of package.json that a document names and that are not there. */
function unknownScripts(file: string): string[] {
  const named = [...read(file).matchAll(/npm run (?:--silent )?([a-z][\w:-]*)/g)].map(
    ([, name = '']) => name,
  );
  const short = [...read(file).matchAll(/npm (start|test)\b/g)].map(([, name = '']) => name);
  return [...named, ...short].filter((name) => !Object.hasOwn(scripts, name));
}

/** Paths of tests, as the threat model names them. */
const namedTests = (file: string) =>
  [...read(file).matchAll(/`(test\/[\w./-]+)`/g)].map(([, path = '']) => path);

describe('the documents', () => {
  it.each(files)('%s has no broken link', (file) => {
    expect(brokenLinks(file)).toEqual([]);
  });

  it.each(files)('%s names scripts that exist', (file) => {
    expect(unknownScripts(file)).toEqual([]);
  });

  it.each(files)('%s names tests that exist', (file) => {
    expect(namedTests(file).filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  it('keep the README to one screen', () => {
    expect(read('README.md').split('\n').length).toBeLessThanOrEqual(60);
  });

  it('number the decisions without a gap or a double', () => {
    const numbers = globSync('docs/adr/*.md', { cwd: root }).map((file) =>
      Number(/(\d{4})-/.exec(file)?.[1]),
    );
    expect(numbers.sort((one, other) => one - other)).toEqual(numbers.map((_, index) => index + 1));
  });

  it('give every decision a context, a decision and consequences', () => {
    for (const file of globSync('docs/adr/*.md', { cwd: root })) {
      expect([file, anchorsOf(read(file)).slice(1)]).toEqual([file, ['context', 'decision', 'consequences']]);
    }
  });
});
