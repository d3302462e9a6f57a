import { type ConditionKeys, compileConditions } from './condition.ts';
import { type PolicyDocument, policyDocument, type Statement } from './document.ts';
import { pattern } from './pattern.ts';

/** What somebody asks to do: `service:Operation` on an ARN, with the condition keys of the request. */
export interface AccessRequest {
  action: string;
  resource: string;
  conditionKeys: ConditionKeys;
  /** A service asks how to answer another call: being denied is no refused call. */
  aside?: boolean;
}

/** An identity with no matching statement is denied implicitly; one matching Deny outweighs every Allow. */
export type Verdict = 'allowed' | 'explicit-deny' | 'implicit-deny';

interface CompiledStatement {
  effect: Statement['Effect'];
  applies: (request: AccessRequest) => boolean;
}

function compileStatement(statement: Statement): CompiledStatement {
  const actions = statement.Action.map((text) => pattern(text, { ignoreCase: true }));
  const resources = statement.Resource.map((text) => pattern(text));
  const conditions = compileConditions(statement.Condition ?? {});
  return {
    effect: statement.Effect,
    applies: ({ action, resource, conditionKeys }) =>
      actions.some((matches) => matches(action)) &&
      resources.some((matches) => matches(resource)) &&
      conditions(conditionKeys),
  };
}

/**
 * Compiles the policies of one identity.
 * @throws Error for an element, operator or condition key that is not evaluated here.
 */
export function compilePolicies(policies: readonly PolicyDocument[]): (request: AccessRequest) => Verdict {
  const statements = policies.flatMap((policy) =>
    policyDocument.parse(policy).Statement.map(compileStatement),
  );
  return (request) => {
    const applying = statements.filter((statement) => statement.applies(request));
    if (applying.some(({ effect }) => effect === 'Deny')) return 'explicit-deny';
    return applying.length > 0 ? 'allowed' : 'implicit-deny';
  };
}

/** Whether an identity with these policies may do what it asks (IAM policy evaluation, identity-based only). */
export const allows = (policies: readonly PolicyDocument[], request: AccessRequest): boolean =>
  compilePolicies(policies)(request) === 'allowed';
