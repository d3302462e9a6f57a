import { createRequire } from 'node:module';
import { join } from 'node:path';
import { compileLevel, decidePortal } from '../../lambdas/policy/decide.ts';
import type { NamedPolicy, PersonSubject } from '../../lambdas/policy/decision.ts';
import { Facts } from '../../lambdas/policy/facts.ts';
import { referenceDecision } from '../../test/policy/reference.ts';

/** Decides about one person; true is allowed. */
export type Decide = (who: PersonSubject) => boolean | Promise<boolean>;

const other = createRequire(join(import.meta.dirname, 'package.json'));
const named = { groups: new Map(), lists: new Map() };

export function ours(policies: readonly NamedPolicy[]): Decide {
  const level = compileLevel('portal', policies, named);
  return (who) => decidePortal(level, new Facts(who)).allowed;
}

export function reference(policies: readonly NamedPolicy[]): Decide {
  return (subject) => {
    const question = {
      subject,
      evidence: {},
      target: {},
      now: Date.now(),
      requestOpen: false,
      anyArguments: undefined,
    };
    return referenceDecision([{ level: 'portal', policies, question }], named)?.allowed === true;
  };
}

interface Parts {
  emails: string[];
  domains: string[];
  groups: string[];
  countries: string[];
}

/** The equalities of a policy: what the other engines can be asked without code of one's own. */
function partsOf({ spec }: NamedPolicy): Parts {
  const all = (name: string) =>
    spec.include.flatMap((selector) =>
      Object.entries(selector).flatMap(([member, value]) => (member === name ? [String(value)] : [])),
    );
  const countries = spec.require.flatMap((one) => ('country' in one ? [one.country] : []));
  return { emails: all('email'), domains: all('emailDomain'), groups: all('group'), countries };
}

const domainOf = (email = ''): string => email.slice(email.lastIndexOf('@') + 1);

interface Engine {
  addRule(rule: object): void;
  run(facts: object): Promise<{ events: { type: string }[] }>;
}

/** json-rules-engine has no first match: the allow of the highest priority is looked for among all. */
export function jsonRules(policies: readonly NamedPolicy[]): Decide {
  const { Engine } = other('json-rules-engine') as { Engine: new (rules: [], options: object) => Engine };
  const engine = new Engine([], { allowUndefinedFacts: true });
  for (const [index, policy] of policies.entries()) {
    const { emails, domains, groups, countries } = partsOf(policy);
    const isIn = (fact: string, value: string[]) => ({ fact, operator: 'in', value });
    const any = [
      isIn('email', emails),
      isIn('domain', domains),
      ...groups.map((value) => ({ fact: 'groups', operator: 'contains', value })),
    ];
    const all = [{ any }, ...(countries.length > 0 ? [isIn('country', countries)] : [])];
    engine.addRule({
      conditions: { all },
      event: { type: policy.spec.action },
      priority: policies.length - index,
    });
  }
  return async ({ email, groups, country }) => {
    const { events } = await engine.run({ email, domain: domainOf(email), groups, country });
    return events[0]?.type === 'allow';
  };
}

interface Cedar {
  preparsePolicySet(id: string, policies: object): { type: string };
  statefulIsAuthorized(call: object): { type: string; response?: { decision: string } };
}

/** Cedar has no order: its forbids win. The policies are made so that this decides alike. */
export function cedar(policies: readonly NamedPolicy[]): Decide {
  const wasm = other('@cedar-policy/cedar-wasm/nodejs') as Cedar;
  const text = (values: string[]) => `[${values.map((value) => JSON.stringify(value)).join(', ')}]`;
  const staticPolicies = policies
    .map((policy) => {
      const { emails, domains, groups, countries } = partsOf(policy);
      const effect = policy.spec.action === 'allow' ? 'permit' : 'forbid';
      const any = `${text(emails)}.contains(context.email) || ${text(domains)}.contains(context.domain) || context.groups.containsAny(${text(groups)})`;
      const required = countries.length > 0 ? ` && ${text(countries)}.contains(context.country)` : '';
      return `${effect}(principal, action, resource) when { (${any})${required} };`;
    })
    .join('\n');
  const id = `policies-${policies.length}`;
  const parsed = wasm.preparsePolicySet(id, { staticPolicies });
  if (parsed.type !== 'success')
    throw new Error(`Cedar does not read its policies: ${JSON.stringify(parsed)}`);
  const uid = (type: string) => ({ type, id: 'one' });
  return ({ email, groups = [], country }) => {
    const answer = wasm.statefulIsAuthorized({
      principal: uid('Person'),
      action: uid('Action'),
      resource: uid('Portal'),
      context: { email, domain: domainOf(email), groups, country },
      preparsedPolicySetId: id,
      entities: [],
    });
    if (answer.type !== 'success') throw new Error(`Cedar failed: ${JSON.stringify(answer)}`);
    return answer.response?.decision === 'allow';
  };
}
