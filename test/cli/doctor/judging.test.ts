import { describe, expect, it } from '@jest/globals';
import { judgeAlarms } from '../../../cli/doctor/checks/alarms.ts';
import { judgeExpiry } from '../../../cli/doctor/checks/certificate.ts';
import { judgeDataVersion } from '../../../cli/doctor/checks/data-version.ts';
import { judgeDirectAnswer } from '../../../cli/doctor/checks/direct-access.ts';
import { judgeKeys } from '../../../cli/doctor/checks/key-rotation.ts';
import { judgePlainHttp } from '../../../cli/doctor/checks/plain-http.ts';
import { judgeSchedules } from '../../../cli/doctor/checks/schedules.ts';
import { explainSilence } from '../../../cli/doctor/explain-silence.ts';
import { judgeClock } from '../../../cli/doctor/judge-clock.ts';
import { known } from '../../../cli/doctor/known-part.ts';
import type { Alarm, SigningKey } from '../../../lambdas/admin/health/answer.ts';

const NOW = new Date('2026-03-01T12:00:00Z');
const earlier = (minutes: number) => new Date(NOW.getTime() - minutes * 60_000).toISOString();
const days = (count: number) => count * 24 * 60;

const alarm = (state: string, name: string): Alarm => ({
  name,
  state,
  reason: 'Threshold crossed',
  since: earlier(5),
  description: `Sallyport ${name}: it happened. docs/runbook.md#${name}`,
  runbook: `docs/runbook.md#${name}`,
});

describe('alarms', () => {
  it('pass while none is raised, also before they have data', () => {
    expect(judgeAlarms([alarm('OK', 'a'), alarm('INSUFFICIENT_DATA', 'b')])).toMatchObject({
      verdict: 'pass',
      found: '2, none in ALARM (1 have no data yet)',
    });
  });

  it('fail when one is raised: since when, why, and its section of the runbook', () => {
    const finding = judgeAlarms([alarm('OK', 'a'), alarm('ALARM', 'relay-errors')]);
    expect(finding.verdict).toBe('fail');
    expect(finding.found).toBe(
      '1 of 2 in ALARM: relay-errors since 2026-03-01T11:55:00.000Z: Threshold crossed',
    );
    expect(finding.why).toContain('it happened');
    expect(finding.whatToDo).toContain('docs/runbook.md#relay-errors');
  });

  it('fail when there are none at all', () => {
    expect(judgeAlarms([]).verdict).toBe('fail');
  });
});

describe('the signing keys', () => {
  const rules = { everyDays: 30, now: NOW };
  const key = (status: SigningKey['status'], kid: string, age: number): SigningKey => ({
    kid,
    status,
    since: earlier(days(age)),
  });

  it.each([
    ['young', 'pass', [key('signing', 'a', 3)], ['a']],
    ['due today', 'pass', [key('signing', 'a', 30.5), key('next', 'b', 1)], ['a', 'b']],
    ['retired ones not published any more', 'pass', [key('signing', 'a', 3), key('retired', 'z', 3)], ['a']],
    ['two days over its time', 'fail', [key('signing', 'a', 32)], ['a']],
    ['none', 'fail', [], []],
    ['two that sign', 'fail', [key('signing', 'a', 1), key('signing', 'b', 1)], ['a', 'b']],
    ['one that nobody finds', 'fail', [key('signing', 'a', 3)], ['z']],
    ['a next one that nobody finds', 'fail', [key('signing', 'a', 29), key('next', 'b', 0)], ['a']],
  ] as const)('%s: %s', (_name, verdict, keys, published) => {
    expect(judgeKeys(keys, published, rules).verdict).toBe(verdict);
  });
});

describe('schedules', () => {
  it.each([
    ['a tick a minute ago', 'pass', earlier(1), []],
    ['no tick for ten minutes', 'fail', earlier(10), []],
    ['no tick ever', 'fail', null, []],
    ['a job that waits', 'fail', earlier(1), [{ job: 'rotate-signing-key', since: earlier(60) }]],
  ] as const)('%s: %s', (_name, verdict, lastTick, overdue) => {
    expect(judgeSchedules({ lastTick, overdue }, NOW).verdict).toBe(verdict);
  });

  it('name the job that waits, and since when', () => {
    const overdue = [{ job: 'rotate-signing-key', since: earlier(60) }];
    const { found } = judgeSchedules({ lastTick: earlier(1), overdue }, NOW);
    expect(found).toContain(`rotate-signing-key since ${earlier(60)}`);
  });
});

describe('other facts', () => {
  it.each([
    ['data of the same version', judgeDataVersion(3, 3).verdict, 'pass'],
    ['a new deployment without migrations', judgeDataVersion(null, 0).verdict, 'pass'],
    ['data that was not migrated', judgeDataVersion(null, 1).verdict, 'fail'],
    ['data of newer code', judgeDataVersion(4, 3).verdict, 'fail'],
    ['a certificate with time left', judgeExpiry(new Date('2026-06-01'), NOW).verdict, 'pass'],
    ['a certificate that ends soon', judgeExpiry(new Date('2026-03-10'), NOW).verdict, 'warn'],
    ['clocks two seconds apart', judgeClock(2_000, 'this machine'), undefined],
    ['clocks half a minute apart', judgeClock(-30_000, 'this machine')?.verdict, 'warn'],
    ['clocks five minutes apart', judgeClock(300_000, 'this machine')?.verdict, 'fail'],
    ['an API that refuses direct requests', judgeDirectAnswer('https://api/', 403), undefined],
    ['an API that answers direct requests', judgeDirectAnswer('https://api/', 200)?.verdict, 'fail'],
    ['an API that challenges direct requests', judgeDirectAnswer('https://api/', 401)?.verdict, 'fail'],
  ])('%s', (_name, verdict, expected) => {
    expect(verdict).toBe(expected);
  });

  it.each([
    ['leads to https', 301, { location: 'https://ai.example.com/' }, 'pass'],
    ['leads elsewhere in the clear', 302, { location: 'http://ai.example.com/' }, 'fail'],
    ['is refused', 403, {}, 'pass'],
    ['is answered', 200, {}, 'fail'],
  ] as const)('plain HTTP %s', (_name, status, headers, verdict) => {
    const finding = judgePlainHttp({ status, headers: new Headers(headers) }, 'https://ai.example.com');
    expect(finding.verdict).toBe(verdict);
  });

  it('what the deployment could not look at is a failure with its reason, never well', () => {
    expect(known([])).toEqual([]);
    expect(() => known({ unknown: 'CloudWatch could not be read (AccessDenied).' })).toThrow(
      'CloudWatch could not be read (AccessDenied).',
    );
  });
});

describe('no answer at all', () => {
  const failure = (code: string) =>
    new TypeError('fetch failed', { cause: Object.assign(new Error('the cause'), { code }) });

  it.each([
    ['ENOTFOUND', 'the name does not resolve'],
    ['EAI_AGAIN', 'the name server does not answer'],
    ['ECONNREFUSED', 'nothing answers at this address'],
    ['UND_ERR_CONNECT_TIMEOUT', 'nothing answers at this address'],
    ['ECONNRESET', 'the connection is cut off'],
    ['CERT_HAS_EXPIRED', 'the certificate has expired'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'the certificate is for another name'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'the certificate is self-signed'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'the certificate comes without its chain'],
    ['ESOMETHING', 'no answer'],
  ])('%s: %s', (code, sentence) => {
    const finding = explainSilence(failure(code));
    expect(finding.found).toContain(sentence);
    expect(finding.found).toContain(code);
    expect(finding.whatToDo).not.toBe('');
  });
});
