import { adminOf, signIn as signInFor } from '../../sign-in.ts';
import { type Check, pass, skip } from '../check.ts';
import { serverMetadata } from './server-metadata.ts';

/** A person signs in for the admin API, as `sallyport login` does. */
export const signIn: Check = {
  name: 'sign-in',
  after: [serverMetadata],
  async examine({ url, options, learned }) {
    if (options.anonymous) return skip('left out by --no-sign-in');
    learned.admin = await signInFor(url, adminOf(url), options);
    return pass('signed in for the admin API');
  },
};
