import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { IMPLEMENTATION } from '../../lambdas/portal/protocol.ts';

it('tells clients and servers the version of the package', () => {
  const text = readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8');
  expect(JSON.parse(text)).toMatchObject({ name: IMPLEMENTATION.name, version: IMPLEMENTATION.version });
});
