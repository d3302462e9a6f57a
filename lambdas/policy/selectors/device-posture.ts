import { secondsIn } from '../../shared/documents/duration.ts';
import type { Device } from '../decision.ts';
import type { Facts } from '../facts.ts';
import { selectorKind } from './selector-kind.ts';

/** The device that holds the request's certificate, else every device of the person. */
function judged({ devices, certificate }: Facts): readonly Device[] | undefined {
  const own = devices?.filter(
    ({ certificates }) => certificate && certificates.includes(certificate.fingerprint),
  );
  return own && own.length > 0 ? own : devices;
}

/**
 * The person's devices passed a check, as reported lately. Without a certificate that tells which device it is, each
 * of them has to; a check that was not reported is unknown, and so is somebody without a device.
 */
export const devicePosture = selectorKind({
  name: 'devicePosture',
  attribute: 'device',
  continuous: true,
  peopleOnly: true,
  judge: ({ check, within }) => {
    const seconds = secondsIn(within);
    return (facts) => {
      const recent = judged(facts)?.filter(({ reportedAt }) => facts.now / 1000 - reportedAt <= seconds);
      if (!recent || recent.length === 0) return undefined;
      const results = recent.map(({ checks }) => (Object.hasOwn(checks, check) ? checks[check] : undefined));
      if (results.includes(false)) return false;
      return results.includes(undefined) ? undefined : true;
    };
  },
  actual: ({ devices }) => devices,
});
