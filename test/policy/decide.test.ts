import { describe, expect, it } from '@jest/globals';
import type { NamedPolicy, Subject } from '../../lambdas/policy/decision.ts';
import { policySpec } from '../../lambdas/shared/documents/policy.ts';
import type { Selector } from '../../lambdas/shared/documents/selector.ts';
import { compileLevel, decidePortal, decideServer } from './levels.ts';

interface Lists {
  include: Selector[];
  require?: Selector[];
  exclude?: Selector[];
  message?: string;
}
const policy = (action: 'allow' | 'block', id: string, lists: Lists): NamedPolicy => ({
  id,
  spec: policySpec.parse({ action, ...lists }),
});
const allow = (id: string, lists: Lists) => policy('allow', id, lists);
const block = (id: string, lists: Lists) => policy('block', id, lists);
const everyone: Lists = { include: [{ everyone: true }] };

const atPortal = (policies: NamedPolicy[], who: Subject) =>
  decidePortal(compileLevel('portal', policies), who);
const admits = (lists: Lists, who: Subject): boolean => atPortal([allow('rule', lists)], who).allowed;
const firstReason = (lists: Lists, who: Subject) => atPortal([allow('rule', lists)], who).trace[0]?.because;
const atServer = (portal: NamedPolicy[], server: NamedPolicy[], who: Subject = alice) =>
  decideServer(compileLevel('portal', portal), compileLevel('server', server), who);

const alice: Subject = { email: 'alice@example.com', groups: ['engineering'], ip: '192.0.2.10' };
const bob: Subject = { email: 'bob@example.com', groups: ['sales'], ip: '192.0.2.20' };

describe('one level', () => {
  it('refuses everyone without a policy', () => {
    const decision = atPortal([], alice);
    expect(decision).toMatchObject({ allowed: false, level: 'portal', policy: null, trace: [] });
    expect(decision.reason).toContain('ask an administrator');
  });

  it('lets the first policy that matches decide', () => {
    const blockSales = block('no-sales', { include: [{ group: 'sales' }] });
    const allowAll = allow('all', everyone);
    expect(atPortal([blockSales, allowAll], bob)).toMatchObject({ allowed: false, policy: 'no-sales' });
    expect(atPortal([allowAll, blockSales], bob)).toMatchObject({ allowed: true, policy: 'all' });
    expect(atPortal([blockSales, allowAll], alice)).toMatchObject({ allowed: true, policy: 'all' });
  });

  it('includes any, requires all, excludes none', () => {
    const lists: Lists = {
      include: [{ group: 'engineering' }, { email: 'bob@example.com' }],
      require: [{ emailDomain: 'example.com' }, { ipRange: '192.0.2.0/24' }],
      exclude: [{ ipRange: '192.0.2.99' }],
    };
    expect(admits(lists, alice)).toBe(true);
    expect(admits(lists, bob)).toBe(true);
    expect(admits(lists, { ...alice, groups: [] })).toBe(false);
    expect(admits(lists, { ...alice, ip: '198.51.100.1' })).toBe(false);
    expect(admits(lists, { ...alice, ip: '192.0.2.99' })).toBe(false);
  });

  it('gives the person the rule, its message and what to do', () => {
    const blocking = block('no-contractors', { ...everyone, message: 'Contractors use the partner portal.' });
    expect(atPortal([blocking], alice).reason).toBe(
      'Blocked by the portal policy "no-contractors". Contractors use the partner portal. ' +
        'If you need access, ask an administrator and name this policy.',
    );
  });

  it('says of each policy looked at why it did or did not match, and stops at the one that decided', () => {
    const { trace } = atPortal(
      [
        allow('sales', { include: [{ group: 'sales' }] }),
        allow('two', { include: [{ group: 'sales' }, { email: 'dana@example.com' }] }),
        allow('office', { include: [{ everyone: true }], require: [{ ipRange: '10.0.0.0/8' }] }),
        allow('not-example', { include: [{ everyone: true }], exclude: [{ emailDomain: 'example.com' }] }),
        allow('staff', { include: [{ group: 'sales' }, { emailDomain: 'example.com' }] }),
        block('never-reached', everyone),
      ],
      alice,
    );
    expect(trace.map(({ policy, matched, because }) => [policy, matched, because])).toEqual([
      ['sales', false, 'include group "sales" did not match'],
      ['two', false, 'none of the 2 include selectors matched'],
      ['office', false, 'require ipRange "10.0.0.0/8" did not match'],
      ['not-example', false, 'exclude emailDomain "example.com" matched'],
      ['staff', true, 'include emailDomain "example.com" matched'],
    ]);
  });
});

describe('what is not known', () => {
  it.each<[string, Selector, keyof Subject]>([
    ['e-mail', { email: 'alice@example.com' }, 'email'],
    ['e-mail domain', { emailDomain: 'example.com' }, 'email'],
    ['group', { group: 'engineering' }, 'groups'],
    ['address', { ipRange: '0.0.0.0/0' }, 'ip'],
  ])('an unknown %s fails an include and a require, and matches an exclude', (_, selector, attribute) => {
    const { [attribute]: __, ...unknowing } = alice;
    const other: Subject = { email: 'x@other.test', groups: [], ip: '2001:db8::1' };
    expect(admits({ include: [selector] }, alice)).toBe(true);
    expect(admits({ include: [selector] }, unknowing)).toBe(false);
    expect(admits({ ...everyone, require: [selector] }, unknowing)).toBe(false);
    expect(admits({ ...everyone, exclude: [selector] }, unknowing)).toBe(false);
    expect(admits({ ...everyone, exclude: [selector] }, other)).toBe(true);
  });

  it('is named in the trace', () => {
    expect(firstReason({ include: [{ group: 'sales' }] }, {})).toBe(
      'include group "sales" did not match (unknown: groups)',
    );
    expect(firstReason({ include: [{ group: 'sales' }, { email: 'a@b.test' }, { group: 'hr' }] }, {})).toBe(
      'none of the 3 include selectors matched (unknown: groups, e-mail address)',
    );
    expect(firstReason({ ...everyone, require: [{ ipRange: '::1' }] }, {})).toBe(
      'require ipRange "::1" did not match (unknown: address)',
    );
    expect(firstReason({ ...everyone, exclude: [{ group: 'contractors' }] }, {})).toBe(
      'exclude group "contractors" counts as matched (unknown: groups)',
    );
  });

  it('tells a person without groups from one whose groups are unknown', () => {
    const noContractors: Lists = { ...everyone, exclude: [{ group: 'contractors' }] };
    expect(admits(noContractors, { groups: [] })).toBe(true);
    expect(admits(noContractors, {})).toBe(false);
  });

  it('covers a range that only some readers would understand: it admits nobody and keeps nobody out of an exclude', () => {
    const ambiguous: Selector = { ipRange: '010.0.0.0/8' };
    const spec = (lists: Lists): NamedPolicy => ({
      id: 'rule',
      spec: { action: 'allow', require: [], exclude: [], ...lists },
    });
    for (const ip of ['10.1.1.1', '8.1.1.1']) {
      expect(atPortal([spec({ include: [ambiguous] })], { ip }).allowed).toBe(false);
      expect(atPortal([spec({ ...everyone, exclude: [ambiguous] })], { ip }).allowed).toBe(false);
      expect(atPortal([spec({ include: [ambiguous, { everyone: true }] })], { ip }).allowed).toBe(true);
    }
  });
});

describe('look-alikes', () => {
  const staff: Lists = { include: [{ emailDomain: 'example.com' }] };

  it.each([
    'mallory@evil-example.com',
    'mallory@example.com.evil',
    'mallory@sub.example.com',
    'mallory@example.com@evil.test',
    'example.com',
    '@example.com',
    'mallory@example.com.',
    'mallory@example.com ',
    'mallory@example.com\u0000',
    'mallory@ｅxample.com',
    'mallory@exam\u00adple.com',
  ])('%j is not at example.com', (email) => {
    expect(admits(staff, { email })).toBe(false);
  });

  it('is at the domain after the last @, whatever the case', () => {
    expect(admits(staff, { email: '"mallory@evil.test"@EXAMPLE.com' })).toBe(true);
  });

  it('does not take the Kelvin sign for the letter k', () => {
    const kate: Lists = { include: [{ email: 'kate@kiosk.example' }] };
    expect(admits(kate, { email: 'KATE@kiosk.example' })).toBe(true);
    expect(admits(kate, { email: '\u212aate@kiosk.example' })).toBe(false);
    expect(admits({ include: [{ emailDomain: 'kiosk.example' }] }, { email: 'x@\u212aiosk.example' })).toBe(
      false,
    );
  });

  it('compares groups letter by letter, also those named like members of every object', () => {
    const lists: Lists = { include: [{ group: 'constructor' }] };
    expect(admits(lists, { groups: ['Constructor', 'constructors', ''] })).toBe(false);
    expect(admits(lists, { groups: ['constructor'] })).toBe(true);
  });
});

describe('addresses', () => {
  it.each([
    ['10.0.0.0/8', '10.255.0.1', true],
    ['10.0.0.0/8', '::ffff:10.255.0.1', true],
    ['10.0.0.0/8', '::ffff:0aff:1', true],
    ['10.0.0.0/8', '11.0.0.1', false],
    ['10.0.0.7/8', '10.9.9.9', true],
    ['::ffff:10.0.0.0/104', '10.255.0.1', true],
    ['::ffff:10.0.0.0/104', '11.0.0.1', false],
    ['0.0.0.0/0', '2001:db8::1', false],
    ['::/0', '10.0.0.1', false],
    ['::/0', '::ffff:10.0.0.1', false],
    ['0.0.0.0/0', '::10.0.0.1', false],
    ['::10.0.0.0/104', '10.0.0.1', false],
    ['::10.0.0.0/104', '::a00:1', true],
    ['255.255.255.255', '255.255.255.255', true],
    ['2001:db8::/32', '2001:DB8:ffff::1', true],
    ['2001:db8::/33', '2001:db8:8000::1', false],
  ])('%s holds %s: %s', (range, ip, held) => {
    expect(admits({ include: [{ ipRange: range }] }, { ip })).toBe(held);
  });
});

it.each(['', '10.0.0', '010.0.0.1', '0x0a000001', '167772161', '10.0.0.1, 192.0.2.1', 'fe80::1%eth0'])(
  'does not guess the address in %j',
  (ip) => {
    expect(firstReason({ include: [{ ipRange: '0.0.0.0/0' }] }, { ip })).toContain('unknown: address');
  },
);

describe('portal and server together', () => {
  const all = allow('all', everyone);
  const none = block('none', everyone);

  it('need an allow each', () => {
    expect(atServer([all], [allow('engineers', { include: [{ group: 'engineering' }] })])).toMatchObject({
      allowed: true,
      level: 'server',
      policy: 'engineers',
      trace: [{ level: 'portal' }, { level: 'server' }],
    });
    expect(atServer([all], [])).toMatchObject({ allowed: false, level: 'server', policy: null });
    expect(atServer([], [all])).toMatchObject({ allowed: false, level: 'portal', policy: null });
  });

  it('a block at either wins over the allow of the other', () => {
    expect(atServer([all], [none])).toMatchObject({ allowed: false, level: 'server', policy: 'none' });
    expect(atServer([none], [all])).toMatchObject({ allowed: false, level: 'portal', policy: 'none' });
  });

  it("keep the server's rules from whoever the portal does not admit", () => {
    const secret = block('acquisition-team', { ...everyone, message: 'Only for the acquisition.' });
    const decision = atServer([allow('sales', { include: [{ group: 'sales' }] })], [secret]);
    expect(JSON.stringify(decision)).not.toContain('acquisition');
  });
});
