import { type Authorizer, principalOf } from '../iam/authorizer.ts';
import type { ConditionKeys } from '../iam/condition.ts';
import { ServiceError } from './aws-json.ts';

/** What the caller of one request may do. */
export interface Caller {
  may(action: string, resource: string): boolean;
  /** @throws ServiceError AccessDeniedException naming action and resource, as AWS does. */
  require(action: string, resource: string, conditionKeys?: ConditionKeys): void;
}

/** The caller by its SigV4 access key id. @throws ServiceError when the request is unsigned or the id unknown. */
export function callerOf(authorization: string | undefined, authorize: Authorizer): Caller {
  const principal = principalOf(authorization);
  if (!principal)
    throw new ServiceError(
      'MissingAuthenticationTokenException',
      'Request is missing Authentication Token',
      403,
    );
  return {
    may: (action, resource) => !authorize(principal, { action, resource, conditionKeys: {}, aside: true }),
    require(action, resource, conditionKeys = {}) {
      const refusal = authorize(principal, { action, resource, conditionKeys });
      if (refusal?.reason === 'unknown-principal')
        throw new ServiceError('UnrecognizedClientException', refusal.message, 403);
      if (refusal) throw new ServiceError('AccessDeniedException', refusal.message);
    },
  };
}
