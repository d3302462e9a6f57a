import type { PolicyDocument } from './document.ts';
import { type AccessRequest, compilePolicies } from './evaluate.ts';
import type { Recorder } from './record-calls.ts';

/** The access key id of whoever runs the embedded cloud: may do everything. */
export const ADMINISTRATOR = 'administrator';
export const ACCOUNT = '000000000000';
export const REGION = 'us-east-1';

/** Says why a principal may not do something, in AWS's words; undefined when it may. */
export type Authorizer = (principal: string, request: AccessRequest) => Refusal | undefined;

export interface Refusal {
  /** `unknown-principal`: no role has this access key id. */
  reason: 'denied' | 'unknown-principal';
  message: string;
}

/** Anyone may do anything: for tests of a stand-in alone. */
export const everythingAllowed: Authorizer = () => undefined;

/**
 * Authorizes principals by the policies of their roles, compiled once.
 * @param record is told of every call of a role.
 * @throws Error for a policy that cannot be evaluated here, naming its principal.
 */
export function createAuthorizer(
  policies: ReadonlyMap<string, readonly PolicyDocument[]>,
  record?: Recorder,
): Authorizer {
  const verdicts = new Map(
    [...policies].map(([principal, documents]) => [principal, compileFor(principal, documents)]),
  );
  return (principal, request) => {
    if (principal === ADMINISTRATOR) return undefined;
    const decide = verdicts.get(principal);
    if (!decide)
      return {
        reason: 'unknown-principal',
        message: `The security token included in the request is invalid: no role is named ${principal}.`,
      };
    const verdict = decide(request);
    if (verdict === 'allowed' || !request.aside) record?.(principal, request, verdict);
    if (verdict === 'allowed') return undefined;
    const why =
      verdict === 'explicit-deny'
        ? 'with an explicit deny in an identity-based policy'
        : `because no identity-based policy allows the ${request.action} action`;
    return {
      reason: 'denied',
      message: `User: arn:aws:sts::${ACCOUNT}:assumed-role/${principal}/${principal} is not authorized to perform: ${request.action} on resource: ${request.resource} ${why}`,
    };
  };
}

function compileFor(principal: string, documents: readonly PolicyDocument[]) {
  try {
    return compilePolicies(documents);
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`The policies of ${principal} cannot be evaluated: ${message}`, { cause });
  }
}

/** The access key id of a SigV4 request (`Credential=<access key id>/…`); signatures are not verified here. */
export const principalOf = (authorization: string | undefined): string | undefined =>
  /Credential=([^/,\s]+)\//.exec(authorization ?? '')?.[1];
