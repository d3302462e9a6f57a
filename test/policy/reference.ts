import { BlockList, isIP } from 'node:net';
import type { Decision, NamedPolicy, Subject, TraceStep } from '../../lambdas/policy/decision.ts';
import type { Selector } from '../../lambdas/shared/documents/selector.ts';

/**
 * The policy rules word by word, slow on purpose and sharing no code with the evaluator:
 * one selector after the other, every one of them judged anew.
 */
type Answer = 'yes' | 'no' | 'unknown';
type Level = 'portal' | 'server';

const yesOrNo = (holds: boolean): Answer => (holds ? 'yes' : 'no');

/** The IPv4 address that an IPv6 address maps (`::ffff:a01:203` in its shortest form), else itself. */
function unmapped(address: string): string {
  if (isIP(address) !== 6) return address;
  const shortest = new URL(`http://[${address}]`).hostname;
  const words = shortest.match(/^\[::ffff:([0-9a-f]+):([0-9a-f]+)\]$/);
  if (!words) return address;
  const [high = 0, low = 0] = words.slice(1).map((word) => Number.parseInt(word, 16));
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}

function inRange(range: string, ip: string): Answer {
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

function judge(selector: Selector, { email, groups, ip, serviceToken }: Subject): Answer {
  if ('serviceToken' in selector) return yesOrNo(selector.serviceToken === serviceToken);
  if (serviceToken !== undefined && !('ipRange' in selector)) return 'no';
  if ('everyone' in selector) return 'yes';
  if ('group' in selector) return groups === undefined ? 'unknown' : yesOrNo(groups.includes(selector.group));
  if ('ipRange' in selector) {
    return ip === undefined || isIP(ip) === 0 ? 'unknown' : inRange(selector.ipRange, ip);
  }
  const domain = email?.split('@').at(-1) ?? '';
  const wellFormed =
    email !== undefined &&
    email.indexOf('@') > 0 &&
    !/\s/.test(email) &&
    /^[a-z0-9-]+(\.[a-z0-9-]+)+$/i.test(domain);
  if (!wellFormed) return 'unknown';
  if ('email' in selector) return yesOrNo(selector.email === email.toLowerCase());
  if ('emailDomain' in selector) return yesOrNo(selector.emailDomain === domain.toLowerCase());
  return 'unknown';
}

/**
 * Include any, require all, exclude none; what is unknown counts against the holder: an allow does not match for it,
 * a block does. Only its own name includes a service token in an allow.
 */
export function matches({ spec }: NamedPolicy, subject: Subject): boolean {
  const nameOnly = subject.serviceToken !== undefined && spec.action === 'allow';
  const allows = spec.action !== 'block';
  const counts = (answer: Answer, unknown: boolean) => (answer === 'unknown' ? unknown : answer === 'yes');
  const included = spec.include.some(
    (selector) => counts(judge(selector, subject), !allows) && (!nameOnly || 'serviceToken' in selector),
  );
  const required = spec.require.every((selector) => counts(judge(selector, subject), !allows));
  const excluded = spec.exclude.some((selector) => counts(judge(selector, subject), allows));
  return included && required && !excluded;
}

type Verdict = Pick<Decision, 'allowed' | 'level' | 'policy'> & {
  trace: Pick<TraceStep, 'level' | 'policy' | 'action' | 'matched'>[];
};

/** The first policy that matches decides; without one the answer is no. */
function referenceLevel(level: Level, policies: readonly NamedPolicy[], subject: Subject): Verdict {
  const decider = policies.findIndex((policy) => matches(policy, subject));
  const looked = decider === -1 ? policies : policies.slice(0, decider + 1);
  const trace = looked.map((policy, position) => ({
    level,
    policy: policy.id,
    action: policy.spec.action,
    matched: position === decider,
  }));
  const policy = policies[decider];
  return { allowed: policy?.spec.action === 'allow', level, policy: policy?.id ?? null, trace };
}

/** The portal first; the server only for whom the portal allows. */
export function referenceDecision(
  portal: readonly NamedPolicy[],
  server: readonly NamedPolicy[],
  subject: Subject,
): Verdict {
  const atPortal = referenceLevel('portal', portal, subject);
  if (!atPortal.allowed) return atPortal;
  const atServer = referenceLevel('server', server, subject);
  return { ...atServer, trace: [...atPortal.trace, ...atServer.trace] };
}
