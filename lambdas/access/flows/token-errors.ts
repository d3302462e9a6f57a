import { errors } from 'oidc-provider';
import { errorDescription } from '../error-description.ts';

const described = <E extends errors.OIDCProviderError>(error: E, message: string): E =>
  Object.assign(error, { error_description: errorDescription(message) });

/** `invalid_client` that says why; only for a client that has proved who it is. */
export const invalidClient = (message: string): errors.InvalidClientAuth =>
  described(new errors.InvalidClientAuth(message), message);

/** `invalid_grant` that says why. */
export const invalidGrant = (message: string): errors.InvalidGrant =>
  described(new errors.InvalidGrant(message), message);
