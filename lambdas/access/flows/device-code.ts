import type { Configuration } from 'oidc-provider';
import { askForCode, askToConfirm, showConnected } from './device-pages.ts';

export const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';

type DeviceFlow = NonNullable<NonNullable<Configuration['features']>['deviceFlow']>;

/**
 * Sign-in of a device by a code that its person types elsewhere (RFC 8628). Somebody else's code can be phished,
 * so deployments have this only when they ask for it, and the pages say what entering a code does.
 */
export const deviceFlow = (enabled: boolean): DeviceFlow =>
  enabled
    ? {
        enabled,
        charset: 'base-20',
        mask: '****-****',
        deviceInfo: (ctx) => ({ ip: ctx.ip, userAgent: ctx.get('user-agent').slice(0, 256) }),
        userCodeInputSource: askForCode,
        userCodeConfirmSource: askToConfirm,
        successSource: showConnected,
      }
    : { enabled };
