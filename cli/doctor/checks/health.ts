import { healthAnswer } from '../../../lambdas/admin/health/answer.ts';
import { askAdmin } from '../admin-request.ts';
import { type Check, Found, must, pass, skip } from '../check.ts';
import { mustAnswer } from '../explain-answer.ts';
import { judgeClock } from '../judge-clock.ts';
import { whoAmI } from './who-am-i.ts';

/** What the deployment says about itself; the checks after this one judge it. */
export const health: Check = {
  name: 'health',
  after: [whoAmI],
  async examine(visit) {
    const { permissions, email } = visit.learned;
    if (!permissions?.includes('health:read')) return skip(`${email} is neither owner nor admin`);
    const answer = await askAdmin(visit, '/health');
    mustAnswer(answer, 200, 'GET /api/v1/health');
    const { data } = healthAnswer.safeParse(answer.json);
    must(
      data,
      'GET /api/v1/health says something else than this command knows',
      'The deployment has another version than this command.',
      'Use the command of the version that is deployed, or deploy this version.',
    );
    visit.learned.health = data;
    visit.learned.functionAhead = Date.parse(data.clock) - answer.at;
    const clock = judgeClock(visit.learned.functionAhead, 'the function');
    if (clock) throw new Found(clock);
    return pass('the deployment says how it is');
  },
};
