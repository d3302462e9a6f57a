import { VERSION } from '../../version.ts';
import { type Check, pass, warn } from '../check.ts';
import { healthOf } from '../known-part.ts';
import { health } from './health.ts';

/** The command and the deployment are of one version. */
export const version: Check = {
  name: 'version',
  after: [health],
  async examine(visit) {
    const deployed = healthOf(visit).version;
    if (deployed === VERSION) return pass(`${deployed}, as this command`);
    return warn(
      `${deployed} is deployed, this command is ${VERSION}`,
      'The command may ask for what the deployment does not have, and the other way round.',
      `Deploy ${VERSION}, or use the command of ${deployed}.`,
    );
  },
};
