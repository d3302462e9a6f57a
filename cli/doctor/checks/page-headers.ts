import { type Check, must, pass } from '../check.ts';
import { frontPage } from './front-page.ts';

/** What pages for people must carry, and a part of its value. */
const NEEDED: readonly (readonly [name: string, part: string, why: string])[] = [
  [
    'content-security-policy',
    "frame-ancestors 'none'",
    'Another site could show the page in a frame and steer clicks.',
  ],
  ['content-security-policy', "default-src 'none'", 'A fault in a page could load scripts of others.'],
  ['x-content-type-options', 'nosniff', 'Browsers would guess what an answer is.'],
  ['referrer-policy', 'no-referrer', 'Addresses of pages would be told to other sites.'],
  [
    'strict-transport-security',
    'max-age=31536000',
    'A browser that was here before could be led to a copy without TLS.',
  ],
  ['cache-control', 'no-store', 'Pages about a person would be kept by browsers and caches.'],
];

/** Pages come with the headers that protect the people who use them. */
export const pageHeaders: Check = {
  name: 'page-headers',
  after: [frontPage],
  async examine(visit) {
    const { headers } = await visit.ask('/', { headers: { accept: 'text/html' } });
    for (const [name, part, why] of NEEDED) {
      must(
        headers.get(name)?.includes(part),
        `GET / has ${name}: ${headers.get(name) ?? '(none)'}, without ${part}`,
        why,
        'Something in front removes or replaces headers of the origin: let them pass unchanged.',
      );
    }
    return pass('policy, no framing, no sniffing, no referrer, TLS only, no store');
  },
};
