import { Provider } from 'oidc-provider';
import { requestOf } from '../http-bridge.ts';

/** The address of the request that the library works on; undefined when we ask for ourselves. */
export const requestSource = (): string | undefined => Provider.ctx && requestOf(Provider.ctx).sourceIp;
