import { type Check, pass, skip } from '../check.ts';
import { judgeClock } from '../judge-clock.ts';
import { frontPage } from './front-page.ts';

/** This machine and the door agree about the time. */
export const clock: Check = {
  name: 'clock',
  after: [frontPage],
  async examine(visit) {
    const { headers, at } = await visit.ask('/.well-known/oauth-authorization-server');
    const date = Date.parse(headers.get('date') ?? '');
    if (Number.isNaN(date)) return skip('the answers have no Date');
    // A Date is cut to its second.
    const ahead = date + 500 - at;
    return judgeClock(ahead, 'this machine') ?? pass(`within ${Math.ceil(Math.abs(ahead) / 1000)} s`);
  },
};
