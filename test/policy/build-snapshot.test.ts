import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { buildSnapshot } from '../../lambdas/policy/build-snapshot.ts';
import { within } from '../../lambdas/policy/decide.ts';
import { Facts } from '../../lambdas/policy/facts.ts';
import { portalSnapshot } from '../../lambdas/policy/snapshot-schema.ts';
import { indexSnapshot } from '../../lambdas/portal/catalog.ts';
import { contentHash } from '../../lambdas/shared/canonical-json.ts';
import { catalogOf, configuration, policyDocument, portalDocument, serverDocument } from './documents.ts';
import { compileLevel, decidePortal, decideServer } from './levels.ts';

const toolsOf = (snapshot: ReturnType<typeof buildSnapshot>) =>
  snapshot.servers.map(({ id, tools }) => [id, tools.map(({ name }) => name)]);

describe('a portal snapshot', () => {
  it('holds the enabled servers that were synced, in the order of the portal', () => {
    const portal = portalDocument({ servers: ['beta', 'off', 'new', 'gone', 'alpha'] });
    const servers = [
      serverDocument('alpha'),
      serverDocument('beta'),
      serverDocument('off', { enabled: false }),
      serverDocument('new'),
    ];
    const catalogs = new Map(['alpha', 'beta', 'off'].map((id) => [id, catalogOf('look')]));
    const snapshot = buildSnapshot(portal, configuration(servers, []), catalogs);
    expect(snapshot.servers.map(({ id }) => id)).toEqual(['beta', 'alpha']);
  });

  it('holds the enabled tools with their review, sorted by name', () => {
    const hr = serverDocument('hr', {
      tools: { delete: { enabled: false }, look: { risk: 'read-only' }, unknown: {} },
    });
    const snapshot = buildSnapshot(
      portalDocument({ servers: ['hr'] }),
      configuration([hr], []),
      new Map([['hr', catalogOf('write', 'look', 'delete')]]),
    );
    expect(snapshot.servers[0]?.tools.map(({ name, risk }) => [name, risk])).toEqual([
      ['look', 'read-only'],
      ['write', undefined],
    ]);
  });

  it('does not mistake a tool named like a member of every object for a reviewed one', () => {
    const names = ['constructor', 'toString', '__proto__', 'hasOwnProperty'];
    const snapshot = buildSnapshot(
      portalDocument({ servers: ['hr'] }),
      configuration([serverDocument('hr')], []),
      new Map([['hr', catalogOf(...names)]]),
    );
    const tools = snapshot.servers[0]?.tools ?? [];
    expect(tools.map(({ name }) => name)).toEqual(names.toSorted());
    expect(tools.every(({ risk }) => risk === undefined)).toBe(true);
  });

  it('keeps the first of two definitions of one name, and leaves out those without a name', () => {
    const catalog = catalogOf('look');
    catalog.tools.push({ name: 'look', title: 'an impostor' }, { title: 'nameless' }, { name: 7 });
    const snapshot = buildSnapshot(
      portalDocument({ servers: ['hr'] }),
      configuration([serverDocument('hr')], []),
      new Map([['hr', catalog]]),
    );
    expect(snapshot.servers[0]?.tools.map(({ definition }) => definition)).toEqual([
      { name: 'look', inputSchema: { type: 'object' } },
    ]);
  });

  it('gives a slug to the first server of the portal that has it', () => {
    const servers = [serverDocument('one', { slug: 'hr' }), serverDocument('two', { slug: 'hr' })];
    const catalogs = new Map([
      ['one', catalogOf('a')],
      ['two', catalogOf('b')],
    ]);
    const of = (ids: string[]) =>
      buildSnapshot(portalDocument({ servers: ids }), configuration(servers, []), catalogs);
    expect(toolsOf(of(['one', 'two']))).toEqual([['one', ['a']]]);
    expect(toolsOf(of(['two', 'one']))).toEqual([['two', ['b']]]);
  });

  it('puts a block where a policy is named that does not exist', () => {
    const portal = portalDocument({ policies: ['removed-block', 'all'] });
    const { policies } = buildSnapshot(portal, configuration([], [policyDocument('all')]), new Map()).portal;
    const decision = decidePortal(compileLevel('portal', policies), { email: 'alice@example.com' });
    expect(decision).toMatchObject({ allowed: false, policy: 'removed-block' });
    expect(decision.reason).toContain('does not exist');
  });

  it('keeps service tokens out, too, where a policy of tools does not exist', () => {
    const open = policyDocument('open', { action: 'service-auth', include: [{ anyServiceToken: true }] });
    const hr = serverDocument('hr', { policies: ['open'], toolPolicies: ['removed'] });
    const portal = portalDocument({ servers: ['hr'], policies: ['open'] });
    const catalogs = new Map([['hr', catalogOf('look')]]);
    const snapshot = buildSnapshot(portal, configuration([hr], [open]), catalogs);
    const offer = indexSnapshot({ version: 'v1', snapshot }).tools.get('hr__look');
    if (!offer) throw new Error('The tool is not in the catalog.');
    const ofServer = decideServer(compileLevel('portal', snapshot.portal.policies), offer.at.level, {
      serviceToken: 'nightly',
    });
    expect(ofServer.allowed).toBe(true);
    expect(within(ofServer, offer.level, new Facts({ serviceToken: 'nightly' })).allowed).toBe(false);
  });

  it('is the same, with the same version, whatever the order of documents and definitions', () => {
    const ids = ['alpha', 'beta', 'gamma'];
    const portal = portalDocument({ servers: ids, policies: ['p1', 'p2'] });
    const servers = ids.map((id) => serverDocument(id, { policies: ['p2'] }));
    const policies = [policyDocument('p1'), policyDocument('p2', { action: 'block' })];
    const catalog = catalogOf('a', 'b', 'c');
    const shuffled = <T>(all: T[]) => fc.shuffledSubarray(all, { minLength: all.length });
    const version = contentHash(
      buildSnapshot(portal, configuration(servers, policies), new Map(ids.map((id) => [id, catalog]))),
    );
    fc.assert(
      fc.property(
        shuffled(servers),
        shuffled(policies),
        shuffled(ids),
        shuffled(catalog.tools),
        (someServers, somePolicies, someIds, tools) => {
          const catalogs = new Map(someIds.map((id) => [id, { ...catalog, tools }]));
          expect(contentHash(buildSnapshot(portal, configuration(someServers, somePolicies), catalogs))).toBe(
            version,
          );
        },
      ),
      { numRuns: 50 },
    );
  });

  it('passes definitions through the store unharmed, whatever members they have', () => {
    const jsonObject = fc.dictionary(fc.string(), fc.jsonValue(), { noNullPrototype: true });
    fc.assert(
      fc.property(jsonObject, jsonObject, (extra, capabilities) => {
        const tool = { ...extra, name: 'look' };
        const catalog = { ...catalogOf(), capabilities, tools: [tool] };
        const snapshot = buildSnapshot(
          portalDocument({ servers: ['hr'] }),
          configuration([serverDocument('hr')], []),
          new Map([['hr', catalog]]),
        );
        const read = portalSnapshot.parse(JSON.parse(JSON.stringify(snapshot)));
        expect(JSON.stringify(read.servers[0]?.tools[0]?.definition)).toBe(JSON.stringify(tool));
        expect(JSON.stringify(read.servers[0]?.capabilities)).toBe(JSON.stringify(capabilities));
      }),
    );
  });
});
