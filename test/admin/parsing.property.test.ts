import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { kindNames } from '../../lambdas/shared/documents/kinds.ts';
import { parseDocument } from '../../lambdas/shared/documents/parse-document.ts';
import { SallyportError } from '../../lambdas/shared/errors.ts';
import { type Administration, policy, portal, server, startAdministration } from './administration.ts';

let admin: Administration;
beforeAll(async () => {
  admin = await startAdministration();
  await admin.apply(policy('staff'));
});
afterAll(() => admin.close());

/** Clearly the sender's fault: a status, a stable code and a message for people. */
function expectClearRefusal({ status, body }: { status: number; body: { error: Record<string, unknown> } }) {
  expect(status).toBeGreaterThanOrEqual(400);
  expect(status).toBeLessThan(500);
  expect(body.error.code).toMatch(/^[a-z_]+$/);
  expect(String(body.error.message).length).toBeGreaterThan(5);
}

/** A valid document with one place replaced by any value. */
const damaged = fc
  .tuple(
    fc.constantFrom(policy('p', { require: [{ group: 'g' }] }), server('s'), portal({ servers: ['s'] })),
    fc.integer({ min: 0, max: 30 }),
    fc.jsonValue(),
  )
  .map(([document, place, value]) => {
    let seen = 0;
    return JSON.parse(JSON.stringify(document), (_key, member) => (seen++ === place ? value : member));
  });

describe('any JSON at all', () => {
  it('is refused clearly when it is no request', async () => {
    await fc.assert(
      fc.asyncProperty(fc.json(), async (text) => {
        expectClearRefusal(await admin.call('POST', '/apply', { body: text }));
      }),
      { numRuns: 40 },
    );
  });

  it('is refused clearly as the documents of a request', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.jsonValue(), { minLength: 1 }), async (documents) => {
        expectClearRefusal(await admin.apply(...documents));
      }),
      { numRuns: 40 },
    );
  });

  it('is refused clearly as part of a document, or is part of a document that holds', () => {
    fc.assert(
      fc.property(damaged, (document) => {
        try {
          const parsed = parseDocument(document, 'documents[0]');
          expect(kindNames).toContain(parsed.kind);
        } catch (error) {
          if (!(error instanceof SallyportError)) throw error;
          expect(error.status).toBe(400);
          expect(error.at).toMatch(/^documents\[0\]/);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('that is valid reads the same when it is read again', () => {
    const id = fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/);
    const valid = fc.record({
      apiVersion: fc.constant('sallyport/v1'),
      kind: fc.constant('Server'),
      metadata: fc.record({ id }),
      spec: fc.record(
        {
          title: fc.string({ minLength: 1, maxLength: 100 }),
          slug: fc.stringMatching(/^[a-z][a-z0-9]{0,15}$/),
          url: fc.constant('https://example.com/mcp'),
          policies: fc.uniqueArray(id, { maxLength: 5 }),
          tools: fc.dictionary(fc.string(), fc.record({ enabled: fc.boolean() })),
        },
        { requiredKeys: ['title', 'slug', 'url', 'policies'] },
      ),
    });
    fc.assert(
      fc.property(valid, (document) => {
        const once = parseDocument(document, '');
        expect(parseDocument(JSON.parse(JSON.stringify(once)), '')).toEqual(once);
      }),
    );
  });

  it('that is cut short or has a character too much is refused with its place', async () => {
    const text = JSON.stringify({ documents: [policy('staff')] });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: text.length - 1 }), fc.boolean(), async (at, cut) => {
        const broken = cut ? text.slice(0, at) : `${text.slice(0, at)}\u0000${text.slice(at)}`;
        const answer = await admin.call('POST', '/apply', { body: broken });
        expectClearRefusal(answer);
        expect(answer.body.error.at).toBe(`body, line 1, column ${at + 1}`);
      }),
      { numRuns: 40 },
    );
  });
});

describe('the explanation of a fault', () => {
  it('never fails, whatever the value', () => {
    fc.assert(
      fc.property(fc.constantFrom(...kindNames), fc.jsonValue(), (kind, spec) => {
        const document = { apiVersion: 'sallyport/v1', kind, metadata: { id: 'x' }, spec };
        expect(() => parseDocument(document, '')).toThrow(SallyportError);
      }),
    );
  });
});
