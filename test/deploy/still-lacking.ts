import { deepStrictEqual, ok } from 'node:assert/strict';
import type { Checks } from './checks.ts';
import type { Emulator } from './emulator.ts';
import { GAPS } from './gaps.ts';
import { statusAt } from './public-origin.ts';
import { tryTemplate } from './trial-stack.ts';
import {
  distributionOf,
  distributionWithModule,
  METRIC_MATH,
  ofTypes,
  PROVIDER_URL,
  STREAMING,
} from './trial-templates.ts';

/**
 * What the emulator is said to lack, tried: whatever it has learnt need not be dropped or swapped any more. Aliases
 * and address sets are swapped because of types that are dropped, and are tried with these.
 */
export async function checkGaps(checks: Checks, emulator: Emulator, apiHost: string): Promise<void> {
  await checks.check('gap: resource types', () =>
    tryTemplate(emulator, ofTypes(Object.keys(GAPS.dropped)), async ({ reasons }) => {
      const [, listed = ''] = /Unrecognized resource types: \[(.*)\]/.exec(reasons.join('\n')) ?? [];
      deepStrictEqual(listed.split(', ').toSorted(), Object.keys(GAPS.dropped).toSorted(), learnt(reasons));
    }),
  );
  await checks.check('gap: the URL of a user pool', () =>
    tryTemplate(emulator, PROVIDER_URL, async ({ outputs }) => {
      ok(!outputs.get('Url')?.startsWith('https://'), learnt([...outputs.values()]));
    }),
  );
  await checks.check('gap: alarms on formulas', () =>
    tryTemplate(emulator, METRIC_MATH, async ({ reasons }) => {
      ok(
        reasons.some((reason) => reason.includes('is not supported')),
        learnt(reasons),
      );
    }),
  );
  await checks.check('gap: streaming integrations', () =>
    tryTemplate(emulator, STREAMING, async ({ outputs, reasons }) => {
      ok(reasons.length === 0, reasons.join('\n'));
      const address = new URL(`/_aws/execute-api/${outputs.get('Api')}/main/`, emulator.url);
      const answer = await fetch(address);
      ok(!answer.ok, learnt([await answer.text()]));
    }),
  );
  await checks.check('gap: origins of a distribution that are APIs', () =>
    tryTemplate(emulator, distributionOf(apiHost), async ({ outputs, reasons }) => {
      ok(reasons.length === 0, reasons.join('\n'));
      const status = await statusAt(emulator.url, outputs.get('Host') ?? '');
      ok(status === 502, learnt([String(status)]));
    }),
  );
  await checks.check('gap: modules of functions at the edge', () =>
    tryTemplate(emulator, distributionWithModule(apiHost), async ({ outputs, reasons }) => {
      ok(reasons.length === 0, reasons.join('\n'));
      const status = await statusAt(emulator.url, outputs.get('Host') ?? '');
      ok(status === 503, learnt([String(status)]));
    }),
  );
}

const learnt = (said: readonly string[]): string =>
  `The emulator seems to have learnt this: take it out of test/deploy/gaps.ts. It said: ${said.join(', ')}`;
