import { isUnconditional, type PolicyCheck, policyOf } from './rules.ts';

/** A portal that lets in whoever can sign in: most often not what somebody meant, but it may be. */
export const everyoneAlone: PolicyCheck = (document, documents) => {
  if (document.kind !== 'Portal') return undefined;
  const open = document.spec.policies.findIndex((id) => {
    const policy = policyOf(id, documents);
    const lets = policy?.action === 'allow' || policy?.action === 'bypass';
    return policy && lets && isUnconditional(policy) && policy.include.some((one) => 'everyone' in one);
  });
  if (open === -1) return undefined;
  const id = document.spec.policies[open];
  return {
    at: `spec.policies[${open}]`,
    message: `Policy "${id}" lets everybody who can sign in use this portal: require a group or an e-mail domain unless that is meant`,
  };
};
