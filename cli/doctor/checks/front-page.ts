import { type Check, pass } from '../check.ts';
import { mustAnswer, unexpected } from '../explain-answer.ts';
import { certificate } from './certificate.ts';

/** The origin answers at its root: clients and people look there. */
export const frontPage: Check = {
  name: 'front-page',
  after: [certificate],
  async examine(visit) {
    const answer = await visit.ask('/', { headers: { accept: 'text/html' } });
    mustAnswer(answer, 200, 'GET /');
    const title = /<title>([^<]*)<\/title>/.exec(answer.text)?.[1];
    // The footer is on every page of a deployment, whatever its name.
    if (title === undefined || !answer.text.includes('Sallyport'))
      return unexpected(answer, 'GET /', 'the page of a Sallyport deployment');
    return pass(`the page “${title}”`);
  },
};
