import { SignInRefused } from '../../oauth.ts';
import { portalOf, signIn as signInFor } from '../../sign-in.ts';
import { type Check, type Examined, pass, warn } from '../check.ts';
import { signIn } from './sign-in.ts';

/** Who may not use the portal gets no token for it: that is how it must be before anything is configured. */
const notAdmitted = ({ message }: SignInRefused): Examined => ({
  ...warn(
    message,
    'The portal itself can only be examined as somebody whom its policies let in.',
    'After the first deployment: apply a portal, a server and a policy (docs/guide/documents.md). Else run the command as somebody who is let in, or correct the policies.',
  ),
  noWayOn: 'the portal does not let this person in',
});

/** The same person signs in for the portal, which is a resource of its own. */
export const portalSignIn: Check = {
  name: 'portal-sign-in',
  after: [signIn],
  async examine({ url, options, learned }) {
    try {
      learned.portal = await signInFor(url, portalOf(url), options);
      return pass('signed in for the portal');
    } catch (error) {
      if (error instanceof SignInRefused && error.code === 'access_denied') return notAdmitted(error);
      throw error;
    }
  },
};
