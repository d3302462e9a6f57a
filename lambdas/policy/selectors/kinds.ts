import { email } from './email.ts';
import { emailDomain } from './email-domain.ts';
import { everyone } from './everyone.ts';
import { group } from './group.ts';
import { ipRange } from './ip-range.ts';
import type { SelectorKind } from './selector-kind.ts';
import { serviceToken } from './service-token.ts';

/** Every kind of selector that a policy may use. */
export const selectorKinds: readonly SelectorKind[] = [
  everyone,
  email,
  emailDomain,
  group,
  ipRange,
  serviceToken,
];
