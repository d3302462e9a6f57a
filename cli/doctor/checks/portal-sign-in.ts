import { portalOf, signIn as signInFor } from '../../sign-in.ts';
import { type Check, pass } from '../check.ts';
import { signIn } from './sign-in.ts';

/** The same person signs in for the portal, which is a resource of its own. */
export const portalSignIn: Check = {
  name: 'portal-sign-in',
  after: [signIn],
  async examine({ url, options, learned }) {
    learned.portal = await signInFor(url, portalOf(url), options);
    return pass('signed in for the portal');
  },
};
