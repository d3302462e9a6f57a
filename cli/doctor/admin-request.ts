import { VERSION } from '../version.ts';
import type { Answer } from './answer.ts';
import type { Visit } from './visit.ts';

/** Asks the admin API as the person who signed in. */
export const askAdmin = (visit: Visit, path: string): Promise<Answer> =>
  visit.ask(`/api/v1${path}`, {
    headers: {
      authorization: `Bearer ${visit.learned.admin?.accessToken ?? ''}`,
      accept: 'application/json',
      'user-agent': `sallyport/${VERSION} doctor`,
    },
  });
