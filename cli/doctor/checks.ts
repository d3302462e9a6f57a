import type { Check } from './check.ts';
import { accessToken } from './checks/access-token.ts';
import { address } from './checks/address.ts';
import { alarms } from './checks/alarms.ts';
import { audit } from './checks/audit.ts';
import { cache } from './checks/cache.ts';
import { certificate } from './checks/certificate.ts';
import { challenge } from './checks/challenge.ts';
import { clock } from './checks/clock.ts';
import { dataVersion } from './checks/data-version.ts';
import { denial } from './checks/denial.ts';
import { directAccess } from './checks/direct-access.ts';
import { discover } from './checks/discover.ts';
import { firewall } from './checks/firewall.ts';
import { forgedToken } from './checks/forged-token.ts';
import { frontPage } from './checks/front-page.ts';
import { getRefused } from './checks/get-refused.ts';
import { health } from './checks/health.ts';
import { initialize } from './checks/initialize.ts';
import { keyRotation } from './checks/key-rotation.ts';
import { openidConfiguration } from './checks/openid-configuration.ts';
import { pageHeaders } from './checks/page-headers.ts';
import { plainHttp } from './checks/plain-http.ts';
import { portalSignIn } from './checks/portal-sign-in.ts';
import { resourceMetadata } from './checks/resource-metadata.ts';
import { schedules } from './checks/schedules.ts';
import { serverMetadata } from './checks/server-metadata.ts';
import { signIn } from './checks/sign-in.ts';
import { signingKeys } from './checks/signing-keys.ts';
import { tamperedToken } from './checks/tampered-token.ts';
import { tools } from './checks/tools.ts';
import { version } from './checks/version.ts';
import { whoAmI } from './checks/who-am-i.ts';

/** Everything that is examined, in this order: the way in, what anybody sees, what a person does, what owners see. */
export const checks: readonly Check[] = [
  address,
  certificate,
  frontPage,
  plainHttp,
  pageHeaders,
  clock,
  resourceMetadata,
  serverMetadata,
  openidConfiguration,
  signingKeys,
  challenge,
  forgedToken,
  getRefused,
  cache,
  signIn,
  whoAmI,
  portalSignIn,
  accessToken,
  initialize,
  discover,
  tools,
  denial,
  tamperedToken,
  health,
  audit,
  version,
  keyRotation,
  alarms,
  schedules,
  dataVersion,
  firewall,
  directAccess,
];
