import type { Selector, SelectorName } from '../../shared/documents/selector.ts';
import { anyClientCertificate } from './any-client-certificate.ts';
import { anyServiceToken } from './any-service-token.ts';
import { argument } from './argument.ts';
import { authenticationMethod } from './authentication-method.ts';
import { claim } from './claim.ts';
import { client } from './client.ts';
import { clientCertificate } from './client-certificate.ts';
import { clientHost } from './client-host.ts';
import { country } from './country.ts';
import { devicePosture } from './device-posture.ts';
import { email } from './email.ts';
import { emailDomain } from './email-domain.ts';
import { emailList } from './email-list.ts';
import { everyone } from './everyone.ts';
import { externalEvaluation } from './external-evaluation.ts';
import { group } from './group.ts';
import { ipList } from './ip-list.ts';
import { ipRange } from './ip-range.ts';
import { loginMethod } from './login-method.ts';
import { ruleGroup } from './rule-group.ts';
import type { SelectorKind } from './selector-kind.ts';
import { serverLabel } from './server-label.ts';
import { serviceToken } from './service-token.ts';
import { taint } from './taint.ts';
import { time } from './time.ts';
import { toolRisk } from './tool-risk.ts';
import { unreadable } from './unreadable.ts';
import { userRisk } from './user-risk.ts';

/** Every kind of selector that a policy may use, by the name that documents give it. */
const kinds: Readonly<Record<SelectorName, SelectorKind>> = {
  everyone,
  email,
  emailDomain,
  emailList,
  group,
  claim,
  loginMethod,
  authenticationMethod,
  ipRange,
  ipList,
  country,
  serviceToken,
  anyServiceToken,
  clientCertificate,
  anyClientCertificate,
  devicePosture,
  externalEvaluation,
  ruleGroup,
  userRisk,
  time,
  client,
  clientHost,
  toolRisk,
  argument,
  serverLabel,
  taint,
};

/** The kind of a selector; `unreadable` for one that has no single member known here. */
export function kindOf(selector: Selector): SelectorKind {
  const [name = '', ...more] = Object.keys(selector);
  const known = more.length === 0 && Object.hasOwn(kinds, name);
  return known ? kinds[name as SelectorName] : unreadable;
}
