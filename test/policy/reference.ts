import type { Decision, Level, NamedPolicy, TraceStep } from '../../lambdas/policy/decision.ts';
import type { Named } from '../../lambdas/policy/selectors/selector-kind.ts';
import type { RuleGroupSpec } from '../../lambdas/shared/documents/rule-group.ts';
import type { Selector } from '../../lambdas/shared/documents/selector.ts';
import {
  type Answer,
  argumentHolds,
  certificateHolds,
  emailOf,
  hostHolds,
  inRange,
  inWindow,
  methodHolds,
  postureHolds,
  type Question,
  riskHolds,
  seconds,
} from './reference-selectors.ts';

/**
 * The policy rules word by word, slow on purpose and sharing no code with the evaluator: one selector after the
 * other, every one of them judged anew.
 */
const yesOrNo = (holds: boolean): Answer => (holds ? 'yes' : 'no');
const ifKnown = <T>(value: T | undefined, holds: (value: T) => boolean): Answer =>
  value === undefined ? 'unknown' : yesOrNo(holds(value));

/** Selectors about people, which no service token ever is; and those that are judged on each request. */
const OF_PEOPLE =
  'everyone email emailDomain emailList group claim loginMethod authenticationMethod devicePosture userRisk'.split(
    ' ',
  );
const OF_REQUESTS =
  'ipRange ipList country clientCertificate anyClientCertificate devicePosture externalEvaluation userRisk time taint'.split(
    ' ',
  );

function judge(selector: Selector, question: Question, named: Named): Answer {
  const { subject, evidence, target, now } = question;
  const [name = ''] = Object.keys(selector);
  if (subject.serviceToken !== undefined && OF_PEOPLE.includes(name)) return 'no';
  const person = subject.serviceToken === undefined ? subject : {};
  const open = [
    ...OF_REQUESTS,
    // Without an application or a session, those are still to come.
    ...(subject.client === undefined ? ['client', 'clientHost'] : []),
    ...(person.session === undefined ? ['authenticationMethod'] : []),
  ];
  if (question.requestOpen && open.includes(name)) return 'open';
  const list = (id: string, type: string) => {
    const found = named.lists.get(id);
    return found?.type === type ? found.items : undefined;
  };
  if ('everyone' in selector) return 'yes';
  if ('serviceToken' in selector) return yesOrNo(selector.serviceToken === subject.serviceToken);
  if ('anyServiceToken' in selector) return yesOrNo(subject.serviceToken !== undefined);
  if ('email' in selector) return ifKnown(emailOf(subject), ({ address }) => address === selector.email);
  if ('emailDomain' in selector)
    return ifKnown(emailOf(subject), ({ domain }) => domain === selector.emailDomain);
  if ('emailList' in selector) {
    const items = list(selector.emailList, 'emails')?.map((item) => item.toLowerCase());
    return items ? ifKnown(emailOf(subject), ({ address }) => items.includes(address)) : 'unknown';
  }
  if ('group' in selector) return ifKnown(person.groups, (groups) => groups.includes(selector.group));
  if ('claim' in selector) {
    const values = new Map(Object.entries(person.claims ?? {})).get(selector.claim.name);
    return ifKnown(values, (all) => all.includes(selector.claim.value));
  }
  if ('loginMethod' in selector)
    return ifKnown(person.loginMethod, (method) => method === selector.loginMethod);
  if ('authenticationMethod' in selector) return methodHolds(selector, subject, now);
  if ('ipRange' in selector) return inRange(selector.ipRange, subject.ip);
  if ('ipList' in selector) {
    const items = list(selector.ipList, 'ip-ranges');
    const answers = items?.map((item) => inRange(item, subject.ip));
    if (!answers || inRange('0.0.0.0/0', subject.ip) === 'unknown') return 'unknown';
    return yesOrNo(answers.includes('yes'));
  }
  if ('country' in selector) return ifKnown(subject.country, (country) => country === selector.country);
  if ('clientCertificate' in selector) return certificateHolds(selector, subject);
  if ('anyClientCertificate' in selector) return ifKnown(subject.certificate, (one) => one !== null);
  if ('devicePosture' in selector) return postureHolds(selector, question);
  if ('externalEvaluation' in selector)
    return ifKnown(evidence.external?.get(selector.externalEvaluation), (success) => success);
  if ('userRisk' in selector) return riskHolds(selector, evidence);
  if ('time' in selector) return inWindow(selector, now);
  if ('client' in selector) return ifKnown(subject.client, ({ id }) => id === selector.client);
  if ('clientHost' in selector) return hostHolds(selector, subject);
  if ('toolRisk' in selector) return ifKnown(target.toolRisk, (risk) => risk === selector.toolRisk);
  if ('argument' in selector) return argumentHolds(selector, question);
  if ('serverLabel' in selector)
    return ifKnown(target.labels, (labels) => labels.includes(selector.serverLabel));
  if ('taint' in selector) return ifKnown(evidence.taints, (taints) => taints.has(selector.taint));
  return 'unknown';
}

interface Reading {
  question: Question;
  named: Named;
  /** Groups on the way here. */
  within: readonly string[];
}

/** Whether a selector counts as holding: unknown counts against the holder, what is open for. */
function counts(selector: Selector, helps: boolean, namedOnly: boolean, reading: Reading): boolean {
  const { question, named, within } = reading;
  if ('ruleGroup' in selector) {
    const group = named.groups.get(selector.ruleGroup);
    if (!group || within.includes(selector.ruleGroup)) return !helps;
    return holds(group, helps, namedOnly, { ...reading, within: [...within, selector.ruleGroup] });
  }
  if (namedOnly && !('serviceToken' in selector) && !('anyServiceToken' in selector)) return false;
  const answer = judge(selector, question, named);
  if (answer === 'unknown') return !helps;
  return answer === 'open' ? helps : answer === 'yes';
}

/** Include any, require all, exclude none. */
function holds(
  { include, require, exclude }: Pick<RuleGroupSpec, 'include' | 'require' | 'exclude'>,
  helps: boolean,
  namedOnly: boolean,
  reading: Reading,
): boolean {
  return (
    include.some((selector) => counts(selector, helps, namedOnly, reading)) &&
    require.every((selector) => counts(selector, helps, false, reading)) &&
    !exclude.some((selector) => counts(selector, !helps, false, reading))
  );
}

/** Whether a policy matches. A service token is let in only by a selector that names service tokens. */
export function matches({ spec }: NamedPolicy, question: Question, named: Named): boolean {
  const isService = question.subject.serviceToken !== undefined;
  if (spec.action === 'service-auth' && !isService) return false;
  const lets = spec.action !== 'block';
  return holds(spec, lets, lets && isService, { question, named, within: [] });
}

/** What a policy that lets somebody in still asks for. */
function unmet({ id, spec }: NamedPolicy, { subject, evidence, now }: Question): string[] {
  const { authenticatedAt, authenticationMethods = [] } = subject.serviceToken === undefined ? subject : {};
  const { steppedUp, justified, approved } = evidence.fulfilled ?? {};
  const signIns = [
    ...(authenticatedAt === undefined ? [] : [{ at: authenticatedAt, methods: authenticationMethods }]),
    ...(steppedUp ? [steppedUp] : []),
  ];
  const { sessionDuration, stepUp, justification, approval } = spec;
  const young = (at: number, duration: string) => now / 1000 - at <= seconds(duration);
  return [
    ...(sessionDuration && !signIns.some(({ at }) => young(at, sessionDuration)) ? ['sign-in'] : []),
    ...(stepUp &&
    !signIns.some(
      ({ at, methods }) =>
        young(at, stepUp.within) && (stepUp.method === undefined || methods.includes(stepUp.method)),
    )
      ? ['step-up']
      : []),
    ...(justification && !justified?.has(id) ? ['justification'] : []),
    ...(approval && !approved?.has(id) ? ['approval'] : []),
  ];
}

export type Verdict = Pick<Decision, 'allowed' | 'level' | 'policy'> & {
  remedies: string[];
  trace: Pick<TraceStep, 'level' | 'policy' | 'action' | 'matched'>[];
};

/** Service authentication and bypass first; then the first policy that matches decides; without one the answer is no. */
function referenceLevel(
  level: Level,
  policies: readonly NamedPolicy[],
  question: Question,
  named: Named,
): Verdict | undefined {
  const isFirst = ({ spec }: NamedPolicy) => spec.action === 'service-auth' || spec.action === 'bypass';
  const ordered = [...policies.filter(isFirst), ...policies.filter((policy) => !isFirst(policy))];
  const decider = ordered.findIndex((policy) => matches(policy, question, named));
  const looked = decider === -1 ? ordered : ordered.slice(0, decider + 1);
  const trace = looked.map(({ id, spec }, position) => ({
    level,
    policy: id,
    action: spec.action,
    matched: position === decider,
  }));
  const policy = ordered[decider];
  if (!policy) return { allowed: false, level, policy: null, remedies: [], trace };
  if (policy.spec.action === 'block')
    return { allowed: false, level, policy: policy.id, remedies: [], trace };
  const remedies = unmet(policy, question);
  const canMeet = remedies.length > 0 && question.subject.serviceToken === undefined;
  return {
    allowed: remedies.length === 0,
    level,
    policy: policy.id,
    remedies: canMeet ? remedies.map((kind) => `${level} ${policy.id} ${kind}`) : [],
    trace,
  };
}

/** The portal, the server and the tool: each only for whom the one before lets in, if under conditions. */
export function referenceDecision(
  levels: readonly { level: Level; policies: readonly NamedPolicy[]; question: Question }[],
  named: Named,
): Verdict | undefined {
  let verdict: Verdict | undefined;
  for (const { level, policies, question } of levels) {
    if (verdict && !verdict.allowed && verdict.remedies.length === 0) return verdict;
    const own = referenceLevel(level, policies, question, named);
    if (!own) return undefined;
    const trace: Verdict['trace'] = [...(verdict?.trace ?? []), ...own.trace];
    const takesAway = level === 'tool' && policies.every(({ spec }) => spec.action === 'block');
    if (takesAway && own.policy === null && verdict) verdict = { ...verdict, trace };
    else if (!own.allowed && own.remedies.length === 0) verdict = { ...own, trace };
    else {
      const remedies = [...(verdict?.remedies ?? []), ...own.remedies];
      const [first] = remedies;
      const [at = level, policy = own.policy] = first?.split(' ') ?? [];
      verdict = { allowed: remedies.length === 0, level: at as Level, policy, remedies, trace };
    }
  }
  return verdict;
}
