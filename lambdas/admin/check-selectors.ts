import type { SelectorName } from '../shared/documents/selector.ts';
import { SallyportError } from '../shared/errors.ts';
import type { PlacedDocument } from './check-set.ts';
import { selectorsOf } from './policy-checks/rules.ts';

/** Which facts of a request this deployment can know. */
export interface KnownFacts {
  /** A distribution in front says where the viewer is. */
  country: boolean;
  /** There is a hostname that takes client certificates. */
  clientCertificates: boolean;
}

interface Fault {
  code: string;
  message: string;
}

const NO_COUNTRY: Fault = {
  code: 'country_unavailable',
  message:
    'nobody tells this deployment where requests come from: that does the CloudFront distribution, which an environment with a `domain` of its own has none of; leave `domain` out of the configuration, or use ipRange or ipList',
};
const NO_CERTIFICATES: Fault = {
  code: 'client_certificates_unavailable',
  message:
    'this deployment takes no client certificates; configure `clientCertificates` with a hostname and a truststore, and deploy',
};

function faultOf(name: SelectorName, known: KnownFacts): Fault | undefined {
  if (name === 'country') return known.country ? undefined : NO_COUNTRY;
  const byCertificate = name === 'clientCertificate' || name === 'anyClientCertificate';
  return byCertificate && !known.clientCertificates ? NO_CERTIFICATES : undefined;
}

/**
 * Refuses selectors on what no request here can be known to have: they would keep everybody out, or block everybody.
 * @throws SallyportError 400 with the path of the first one.
 */
export function checkSelectors(set: readonly PlacedDocument[], known: KnownFacts): void {
  for (const { at, document } of set) {
    if (document.kind !== 'Policy' && document.kind !== 'RuleGroup') continue;
    for (const { name, at: within } of selectorsOf(document.spec)) {
      const fault = faultOf(name, known);
      if (!fault) continue;
      throw new SallyportError(fault.code, 400, fault.message, {
        at: at === '' ? within : `${at}.${within}`,
      });
    }
  }
}
