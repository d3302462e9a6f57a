import type { SelectorName } from '../../shared/documents/selector.ts';
import { allSelectors, type PolicyCheck } from './rules.ts';

/** What says nothing of who somebody is. */
const ANONYMOUS: ReadonlySet<SelectorName> = new Set([
  'everyone',
  'ipRange',
  'ipList',
  'country',
  'clientCertificate',
  'anyClientCertificate',
  'time',
]);

/** Bypass is for places, not for people: who somebody is has to be weighed against the blocks. */
export const bypassSelectors: PolicyCheck = (document, documents) => {
  if (document.kind !== 'Policy' || document.spec.action !== 'bypass') return undefined;
  const identity = allSelectors(document.spec, documents).find(({ name }) => !ANONYMOUS.has(name));
  return (
    identity && {
      at: identity.at,
      message: `${identity.name} cannot be used with action bypass, which comes before every block; use allow, or one of ${[...ANONYMOUS].join(', ')}`,
    }
  );
};
