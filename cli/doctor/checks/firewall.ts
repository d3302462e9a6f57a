import { type Check, fail, pass } from '../check.ts';
import { healthOf, known } from '../known-part.ts';
import { health } from './health.ts';

/** A web ACL stands before the API. */
export const firewall: Check = {
  name: 'firewall',
  after: [health],
  async examine(visit) {
    const { attached, name } = known(healthOf(visit).firewall);
    if (attached) return pass(`web ACL ${name ?? ''} on the stage`.replace('  ', ' '));
    return fail(
      'no web ACL stands before the API',
      'Floods and known attackers are not turned away, and the API answers around the distribution.',
      'Somebody took it off the stage: deploy again, and look at drift of the stack and at the policies of Firewall Manager.',
    );
  },
};
