import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { prepareDataFolder } from '../../../local/start/data-folder.ts';

let base: string;
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'data-folder-'));
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

describe('the data folder', () => {
  it('is made when it is not there', () => {
    const folder = prepareDataFolder(join(base, 'a/b'), false);
    expect(readdirSync(folder)).toEqual(['sallyport-data.txt']);
  });

  it('may be an empty folder', () => {
    expect(prepareDataFolder(base, false)).toBe(base);
  });

  it('keeps its content between starts', () => {
    prepareDataFolder(base, false);
    writeFileSync(join(base, 'tables'), 'kept');
    prepareDataFolder(base, false);
    expect(existsSync(join(base, 'tables'))).toBe(true);
  });

  it('is cleared by a fresh start', () => {
    prepareDataFolder(base, false);
    mkdirSync(join(base, 'tables/deep'), { recursive: true });
    prepareDataFolder(base, true);
    expect(readdirSync(base)).toEqual(['sallyport-data.txt']);
  });

  it.each([false, true])('is never one that holds files of somebody else (fresh: %s)', (fresh) => {
    writeFileSync(join(base, 'thesis.txt'), 'years of work');
    expect(() => prepareDataFolder(base, fresh)).toThrow(`${base} holds files that Sallyport did not make`);
    expect(readdirSync(base)).toEqual(['thesis.txt']);
  });

  it('that cannot be used is said with the reason', () => {
    writeFileSync(join(base, 'file'), '');
    expect(() => prepareDataFolder(join(base, 'file'), false)).toThrow(
      'cannot be read and written (ENOTDIR)',
    );
    expect(() => prepareDataFolder(join(base, 'file/below'), true)).toThrow(
      'cannot be read and written (ENOTDIR)',
    );
  });
});
