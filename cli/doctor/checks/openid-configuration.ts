import { type Check, pass } from '../check.ts';
import { frontPage } from './front-page.ts';
import { mustDescribeServer } from './server-metadata.ts';

/** OpenID Connect discovery: some clients ask for it alone. */
export const openidConfiguration: Check = {
  name: 'openid-configuration',
  after: [frontPage],
  async examine(visit) {
    mustDescribeServer(await visit.ask('/.well-known/openid-configuration'), visit.url);
    return pass('says the same');
  },
};
