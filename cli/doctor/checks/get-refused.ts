import { type Check, must, pass } from '../check.ts';
import { mustAnswer } from '../explain-answer.ts';
import { frontPage } from './front-page.ts';

/** Nothing is streamed on GET: clients that try are told to POST. */
export const getRefused: Check = {
  name: 'get-refused',
  after: [frontPage],
  async examine(visit) {
    const answer = await visit.ask('/mcp', { headers: { accept: 'text/event-stream' } });
    mustAnswer(answer, 405, 'GET /mcp');
    must(
      answer.headers.get('allow')?.includes('POST'),
      'GET /mcp answers 405 without Allow: POST',
      'Clients read there which methods are possible.',
      'Look at what stands in front and changes answers.',
    );
    return pass('405, Allow: POST');
  },
};
