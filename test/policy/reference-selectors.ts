import { BlockList, isIP } from 'node:net';
import type { Evidence, Subject, Target } from '../../lambdas/policy/decision.ts';
import type { Selector } from '../../lambdas/shared/documents/selector.ts';

/** `open` is left to whoever asks: whichever is better for the holder. */
export type Answer = 'yes' | 'no' | 'unknown' | 'open';

/** Everything that one question is about. */
export interface Question {
  subject: Subject;
  evidence: Evidence;
  target: Target;
  /** Epoch milliseconds. */
  now: number;
  /** What is judged on each request is left open. */
  requestOpen: boolean;
  /** Stands for arguments that are left open. */
  anyArguments: unknown;
}

const yesOrNo = (holds: boolean): Answer => (holds ? 'yes' : 'no');
const ifKnown = <T>(value: T | undefined, holds: (value: T) => boolean): Answer =>
  value === undefined ? 'unknown' : yesOrNo(holds(value));

/** The IPv4 address that an IPv6 address maps (`::ffff:a01:203` in its shortest form), else itself. */
function unmapped(address: string): string {
  if (isIP(address) !== 6) return address;
  const shortest = new URL(`http://[${address}]`).hostname;
  const words = shortest.match(/^\[::ffff:([0-9a-f]+):([0-9a-f]+)\]$/);
  if (!words) return address;
  const [high = 0, low = 0] = words.slice(1).map((word) => Number.parseInt(word, 16));
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}

export function inRange(range: string, ip: string | undefined): Answer {
  if (ip === undefined || isIP(ip) === 0 || ip.includes('%')) return 'unknown';
  const [base = '', length] = range.split('/');
  const address = unmapped(ip);
  const mapped = unmapped(base) !== base;
  const family = isIP(unmapped(base));
  if (isIP(address) !== family) return 'no';
  const bits = length === undefined ? (family === 4 ? 32 : 128) : Number(length) - (mapped ? 96 : 0);
  const kind = family === 4 ? 'ipv4' : 'ipv6';
  const list = new BlockList();
  list.addSubnet(unmapped(base), bits, kind);
  return yesOrNo(list.check(address, kind));
}

export function emailOf({ email }: Subject): { address: string; domain: string } | undefined {
  const domain = email?.split('@').at(-1) ?? '';
  const wellFormed =
    email !== undefined &&
    email.indexOf('@') > 0 &&
    !/\s/.test(email) &&
    /^[a-z0-9-]+(\.[a-z0-9-]+)+$/i.test(domain);
  return wellFormed ? { address: email.toLowerCase(), domain: domain.toLowerCase() } : undefined;
}

const SECONDS: Record<string, number> = { m: 60, h: 3_600, d: 86_400 };
export const seconds = (duration: string): number =>
  Number.parseInt(duration, 10) * (SECONDS[duration.at(-1) ?? ''] ?? 0);

type Of<Name extends string> = Extract<Selector, Record<Name, unknown>>;

/** Minute by minute from the beginning of the day on which a window begins. */
export function inWindow({ time }: Of<'time'>, now: number): Answer {
  const local = new Date(now).toLocaleString('en-GB', {
    timeZone: time.timeZone,
    hour12: false,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
  });
  const [, day = '', clock = ''] = /^(\w{3})\D+(\d\d:\d\d)/.exec(local) ?? [];
  const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
  const today = days.find((name) => name === day.toLowerCase());
  const yesterday = today && days[(days.indexOf(today) + 6) % 7];
  const to = time.to === '00:00' ? '24:00' : time.to;
  const hour = clock.replace(/^24/, '00');
  const isOn = (name: string | undefined) => time.days.some((one) => one === name);
  if (time.from < to) return yesOrNo(isOn(today) && hour >= time.from && hour < to);
  return yesOrNo((isOn(today) && hour >= time.from) || (isOn(yesterday) && hour < to));
}

export function certificateHolds(
  { clientCertificate }: Of<'clientCertificate'>,
  { certificate }: Subject,
): Answer {
  if (certificate === undefined) return 'unknown';
  if (certificate === null) return 'no';
  const { commonName, fingerprint } = clientCertificate;
  const nameFits = commonName === undefined || commonName === certificate.commonName;
  const printFits = fingerprint === undefined || fingerprint === certificate.fingerprint;
  return yesOrNo(nameFits && printFits);
}

export function postureHolds(
  { devicePosture }: Of<'devicePosture'>,
  { subject, evidence, now }: Question,
): Answer {
  const { devices } = evidence;
  if (!devices) return 'unknown';
  const print = subject.certificate?.fingerprint;
  const shown = devices.filter((device) => print !== undefined && device.certificates.includes(print));
  const judged = (shown.length > 0 ? shown : devices).filter(
    (device) => device.reportedAt >= now / 1000 - seconds(devicePosture.within),
  );
  if (judged.length === 0) return 'unknown';
  const results = judged.map(({ checks }) => new Map(Object.entries(checks)).get(devicePosture.check));
  if (results.some((result) => result === false)) return 'no';
  return results.every((result) => result === true) ? 'yes' : 'unknown';
}

export function methodHolds(
  { authenticationMethod }: Of<'authenticationMethod'>,
  subject: Subject,
  now: number,
): Answer {
  if (subject.serviceToken !== undefined) return 'no';
  const { authenticationMethods, authenticatedAt } = subject;
  if (!authenticationMethods || authenticatedAt === undefined) return 'unknown';
  const { method, within } = authenticationMethod;
  const young = within === undefined || now / 1000 - authenticatedAt <= seconds(within);
  return yesOrNo(authenticationMethods.includes(method) && young);
}

export function hostHolds({ clientHost }: Of<'clientHost'>, { client }: Subject): Answer {
  const hosts = new Set(client?.hosts ?? []);
  if (hosts.size === 0) return 'unknown';
  if (!hosts.has(clientHost)) return 'no';
  return hosts.size === 1 ? 'yes' : 'unknown';
}

const RISKS = ['none', 'low', 'medium', 'high'];
export const riskHolds = ({ userRisk }: Of<'userRisk'>, { risk }: Evidence): Answer =>
  ifKnown(risk, (found) => RISKS.indexOf(found) >= RISKS.indexOf(userRisk.atLeast));

/** In something that is there, and is not what the path expects. */
const UNREADABLE = Symbol('unreadable');
const orMissing = (value: unknown) => (value === undefined ? undefined : UNREADABLE);

/** All values at a path, where `[]` goes through the elements of an array. */
function valuesAt(value: unknown, path: string): unknown[] {
  const [, name = '', arrays = '', rest] = /^([^.[]*)((?:\[\])*)\.?(.*)$/.exec(path) ?? [];
  let found: unknown[] = [value];
  if (name !== '')
    found = found.map((one) =>
      typeof one === 'object' && one !== null && !Array.isArray(one)
        ? new Map(Object.entries(one)).get(name)
        : orMissing(one),
    );
  for (let depth = 0; depth < arrays.length / 2; depth++)
    found = found.flatMap((one) => (Array.isArray(one) ? (one as unknown[]) : [orMissing(one)]));
  return rest ? found.flatMap((one) => valuesAt(one, rest)) : found;
}

const typeName = (value: unknown): string => (value === null ? 'null' : typeof value);

function compares({ argument }: Of<'argument'>, value: unknown): Answer {
  const { path: _, exists, equals, oneOf, ...others } = argument;
  if (exists !== undefined)
    return value === UNREADABLE ? 'unknown' : yesOrNo((value !== undefined) === exists);
  const wanted = oneOf ?? (equals === undefined ? [] : [equals]);
  if (wanted.length > 0) {
    if (wanted.includes(value as string)) return 'yes';
    return wanted.some((one) => typeName(one) !== typeName(value)) ? 'unknown' : 'no';
  }
  const [[operator, than] = ['', undefined]] = Object.entries(others).filter(([, one]) => one !== undefined);
  if (typeName(value) !== typeName(than)) return 'unknown';
  const [left, right] = [value as never, than as never];
  switch (operator) {
    case 'startsWith':
      return yesOrNo(String(left).indexOf(String(right)) === 0);
    case 'endsWith':
      return yesOrNo(String(left).slice(-String(right).length) === String(right));
    case 'contains':
      return yesOrNo(String(left).split(String(right)).length > 1);
    case 'lessThan':
      return yesOrNo(left < right);
    case 'atMost':
      return yesOrNo(left <= right);
    case 'greaterThan':
      return yesOrNo(left > right);
    default:
      return yesOrNo(left >= right);
  }
}

export function argumentHolds(selector: Of<'argument'>, { target, anyArguments }: Question): Answer {
  if (target.arguments === anyArguments) return 'open';
  if (target.arguments === undefined) return 'unknown';
  const answers = new Set(
    valuesAt(target.arguments, selector.argument.path).map((one) => compares(selector, one)),
  );
  const [only = 'unknown'] = answers;
  return answers.size === 1 ? only : 'unknown';
}
