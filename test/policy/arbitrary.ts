import fc from 'fast-check';
import type {
  Device,
  Evidence,
  Level,
  NamedPolicy,
  PersonSubject,
  ServiceSubject,
  Subject,
  Target,
} from '../../lambdas/policy/decision.ts';
import { ANY_ARGUMENTS } from '../../lambdas/policy/selectors/argument.ts';
import type { Named } from '../../lambdas/policy/selectors/selector-kind.ts';
import type { ListSpec } from '../../lambdas/shared/documents/list.ts';
import { policySpec } from '../../lambdas/shared/documents/policy.ts';
import type { RuleGroupSpec } from '../../lambdas/shared/documents/rule-group.ts';
import type { Selector } from '../../lambdas/shared/documents/selector.ts';

const from = fc.constantFrom;
/** A record some of whose members are not there at all. */
const partial = <T>(model: Readonly<Record<string, fc.Arbitrary<unknown>>>): fc.Arbitrary<T> =>
  fc.record(model, { requiredKeys: [] }) as fc.Arbitrary<T>;

const emails = ['alice@example.com', 'bob@example.com', 'carol@outside.test', 'dana@sub.example.com'];
const domains = ['example.com', 'sub.example.com', 'outside.test', 'evil-example.com'];
const groups = ['engineering', 'Engineering', 'sales', 'constructor', '__proto__'];
const ranges = ['10.0.0.0/8', '10.1.2.3', '0.0.0.0/0', '::/0', '2001:db8::/32', '::ffff:10.1.0.0/112'];
const addresses = ['10.1.2.3', '::ffff:10.1.2.3', '2001:db8::1', '192.0.2.1', '', '010.1.2.3', 'fe80::1%1'];
const services = ['ci', 'nightly', 'constructor'];
const ids = ['a', 'b', 'gone', 'constructor'];
const checks = ['disk-encryption', 'firewall', 'constructor'];
const prints = ['a'.repeat(64), 'b'.repeat(64)];
const hosts = ['claude.ai', 'localhost', 'cursor:'];
const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
const zones = ['UTC', 'Europe/Berlin', 'America/St_Johns', 'Pacific/Chatham'];
const durations = ['15m', '8h', '1d'];
/** Around a Sunday on which Berlin's clocks go back, and a midnight. */
const NOW = Date.UTC(2026, 9, 25, 0, 30);
const moments = fc.integer({ min: -3_000, max: 3_000 }).map((minutes) => NOW + minutes * 60_000);
const scalar = from<string | number | boolean | null>('prod', 'test', '', 10, 5, true, null);
const paths = ['env', 'amount', 'files[]', 'files[].path', 'options.force', '__proto__', 'rows[][]'];
const times = ['00:00', '01:30', '08:00', '17:00', '23:59'];

const comparison: fc.Arbitrary<object> = fc.oneof(
  fc.boolean().map((exists) => ({ exists })),
  scalar.map((equals) => ({ equals })),
  fc.array(scalar, { minLength: 1, maxLength: 3 }).map((oneOf) => ({ oneOf })),
  from('startsWith', 'endsWith', 'contains').chain((name) =>
    from('p', 'od', 't').map((text) => ({ [name]: text })),
  ),
  from('lessThan', 'atMost', 'greaterThan', 'atLeast').chain((name) =>
    from(5, 10).map((than) => ({ [name]: than })),
  ),
);

const common: fc.Arbitrary<object> = fc.oneof(
  fc.constant({ everyone: true }),
  from(...emails).map((email) => ({ email })),
  from(...domains).map((emailDomain) => ({ emailDomain })),
  from(...groups).map((group) => ({ group })),
  from(...ranges).map((ipRange) => ({ ipRange })),
  from(...ids).map((ruleGroup) => ({ ruleGroup })),
  from(...services).map((serviceToken) => ({ serviceToken })),
);
const others: fc.Arbitrary<object> = fc.oneof(
  from(...ids).map((emailList) => ({ emailList })),
  from(...ids).map((ipList) => ({ ipList })),
  fc
    .record({ name: from('department', '__proto__'), value: from('R&D', 'sales') })
    .map((claim) => ({ claim })),
  from('okta', 'cognito').map((loginMethod) => ({ loginMethod })),
  fc.record({ method: from('mfa', 'pwd') }).map((authenticationMethod) => ({ authenticationMethod })),
  fc
    .record({ method: from('mfa', 'pwd'), within: from(...durations) })
    .map((authenticationMethod) => ({ authenticationMethod })),
  from('DE', 'FR').map((country) => ({ country })),
  fc.constant({ anyServiceToken: true }),
  from(
    { commonName: 'laptop' },
    { fingerprint: prints[0] },
    { commonName: 'laptop', fingerprint: prints[1] },
  ).map((clientCertificate) => ({ clientCertificate })),
  fc.constant({ anyClientCertificate: true }),
  fc
    .record({ check: from(...checks), within: from(...durations) })
    .map((devicePosture) => ({ devicePosture })),
  from(...ids).map((externalEvaluation) => ({ externalEvaluation })),
  from('low', 'medium', 'high').map((atLeast) => ({ userRisk: { atLeast } })),
  fc
    .record({
      days: fc.subarray([...DAYS], { minLength: 1 }),
      from: from(...times),
      to: from(...times),
      timeZone: from(...zones),
    })
    .filter((time) => time.from !== time.to || time.from === '00:00')
    .map((time) => ({ time })),
  from('https://claude.ai/client', 'other').map((client) => ({ client })),
  from(...hosts).map((clientHost) => ({ clientHost })),
  from('read-only', 'write', 'destructive').map((toolRisk) => ({ toolRisk })),
  fc.tuple(from(...paths), comparison).map(([path, than]) => ({ argument: { path, ...than } })),
  from('confidential', 'untrusted', 'egress').map((serverLabel) => ({ serverLabel })),
  from('confidential', 'untrusted').map((taint) => ({ taint })),
);
/** As the schema of documents gives it. */
const selector = fc.oneof(
  { arbitrary: common, weight: 3 },
  { arbitrary: others, weight: 4 },
) as fc.Arbitrary<Selector>;

const rules = fc.record({
  include: fc.array(selector, { minLength: 1, maxLength: 4 }),
  require: fc.array(selector, { maxLength: 2 }),
  exclude: fc.array(selector, { maxLength: 2 }),
});
const conditions = partial<object>({
  sessionDuration: from(...durations),
  stepUp: from({ within: '15m' }, { within: '8h', method: 'mfa' }),
  justification: fc.constant({ prompt: 'Why?' }),
  approval: fc.constant({ approvers: ['bob@example.com'] }),
});
const action = from('allow', 'allow', 'block', 'block', 'bypass', 'service-auth');

export const policies = (prefix: string, maxLength: number): fc.Arbitrary<NamedPolicy[]> =>
  fc.array(fc.tuple(action, rules, fc.option(conditions, { freq: 2, nil: {} })), { maxLength }).map((all) =>
    all.map(([action, lists, asked], position) => ({
      id: `${prefix}${position}`,
      spec: policySpec.parse({ action, ...lists, ...(action === 'allow' ? asked : {}) }),
    })),
  );

const list: fc.Arbitrary<ListSpec> = fc.oneof(
  fc
    .subarray(['ALICE@example.com', 'guest@outside.test'])
    .map((items) => ({ type: 'emails' as const, items })),
  fc.subarray(ranges).map((items) => ({ type: 'ip-ranges' as const, items })),
);
const inMap = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<Map<string, T>> =>
  fc
    .array(fc.tuple(from('a', 'b', 'constructor'), value), { maxLength: 3 })
    .map((entries) => new Map(entries));
/** Groups may name each other, and themselves. */
export const named: fc.Arbitrary<Named> = fc.record({
  groups: inMap(rules as fc.Arbitrary<RuleGroupSpec>),
  lists: inMap(list),
});

const certificate = fc.record({
  commonName: fc.option(from('laptop', 'phone'), { nil: undefined }),
  fingerprint: from(...prints),
});
const circumstances = {
  ip: from(...addresses),
  country: from('DE', 'FR'),
  certificate: fc.option(certificate, { nil: null }),
  client: fc.record({
    id: from('https://claude.ai/client', 'other'),
    hosts: fc.array(from(...hosts), { maxLength: 2 }),
  }),
  now: moments,
};
const person = partial<PersonSubject>({
  ...circumstances,
  email: fc.oneof(from(...emails), from('ALICE@EXAMPLE.com', '', 'alice', '@example.com', 'a b@example.com')),
  groups: fc.subarray(groups),
  claims: from({}, { department: ['R&D', 'lab'] }, { department: [] as string[] }),
  loginMethod: from('okta', 'cognito'),
  session: fc.constant('s_1'),
  authenticatedAt: from(60, 7_200, 100_000).map((ago) => NOW / 1000 - ago),
  authenticationMethods: fc.subarray(['mfa', 'pwd']),
});
const service = fc.tuple(from(...services), partial(circumstances)).map(
  ([serviceToken, where]): ServiceSubject => ({
    serviceToken,
    ...(where as Omit<ServiceSubject, 'serviceToken'>),
  }),
);
export const subject: fc.Arbitrary<Subject> = fc
  .oneof({ arbitrary: person, weight: 4 }, { arbitrary: service, weight: 1 })
  .map((who) => ({ ...who, now: who.now ?? NOW }));

const device: fc.Arbitrary<Device> = fc.record({
  id: from('one', 'two'),
  reportedAt: from(60, 7_200, 100_000).map((ago) => NOW / 1000 - ago),
  certificates: fc.subarray(prints),
  checks: from(
    {},
    { 'disk-encryption': true },
    { 'disk-encryption': false, firewall: true },
    { firewall: false },
  ),
}) as fc.Arbitrary<Device>;
const policyIds = fc.subarray(['portal0', 'portal1', 'server0', 'tool0']).map((all) => new Set(all));
export const evidence = partial<Evidence>({
  risk: from('none', 'low', 'medium', 'high'),
  devices: fc.array(device, { maxLength: 3 }),
  taints: fc.subarray(['confidential', 'untrusted'] as const).map((all) => new Set(all)),
  fulfilled: fc.record(
    {
      steppedUp: fc.record({
        at: from(60, 7_200).map((ago) => NOW / 1000 - ago),
        methods: fc.subarray(['mfa', 'pwd']),
      }),
      justified: policyIds,
      approved: policyIds,
    },
    { requiredKeys: ['justified', 'approved'] },
  ),
  external: fc.subarray(ids).chain((some) => fc.boolean().map((yes) => new Map(some.map((id) => [id, yes])))),
});

const args = fc.oneof(
  fc.constant(ANY_ARGUMENTS),
  fc.constant('{"options":{}}'),
  partial<object>({
    env: scalar,
    amount: scalar,
    files: fc.oneof(
      fc.array(from<unknown>('prod', { path: 'prod' }, { path: 5 }, null), { maxLength: 3 }),
      fc.constant('prod'),
    ),
    options: from<unknown>({ force: true }, {}, null, '{"force":true}', [{ force: true }]),
    rows: from<unknown>([[5, 10]], [[]], [5]),
  }),
);
const labels = fc.subarray(['confidential', 'untrusted', 'egress'] as const);
export const targets: fc.Arbitrary<{ server: Target; tool: Target }> = fc
  .record({ labels, toolRisk: from('read-only', 'write', 'destructive'), arguments: args })
  .map((tool) => ({ server: { labels: tool.labels }, tool: tool as Target }));

/** Every level of one question, with the policies that decide there. */
export interface Judged {
  levels: Record<Level, NamedPolicy[]>;
  named: Named;
  subject: Subject;
  evidence: Evidence;
  targets: { server: Target; tool: Target };
  requestOpen: boolean;
}

export const judged: fc.Arbitrary<Judged> = fc.record({
  levels: fc.record({
    portal: policies('portal', 10),
    server: policies('server', 3),
    tool: policies('tool', 3),
  }),
  named,
  subject,
  evidence,
  targets,
  requestOpen: fc.boolean(),
});
