import { CookieJar } from 'tough-cookie';
import { type Form, readForms, readLinks, readText } from './page.ts';

/** How many pages and redirects one sign-in may take. */
const STEPS = 30;

const samePlace = (one: URL, other: URL): boolean =>
  one.origin === other.origin && one.pathname === other.pathname;

/**
 * Plays the browser of one person: keeps cookies, follows redirects, picks the person on the sign-in page and
 * presses "allow" on the consent page. It stands in for the human of a demonstration, never for a real password.
 */
export class Browser {
  readonly #person: string;
  readonly #jar = new CookieJar();
  /** What the page that refused the person said. */
  refusal: string | undefined;

  constructor(person: string) {
    this.#person = person;
  }

  /**
   * Opens a page and goes on until the browser is sent to `target`, whose URL is returned and not opened.
   * @throws Error when the path ends anywhere else; the message holds what the last page says.
   */
  async visit(start: URL, target: URL): Promise<URL> {
    let request = new Request(start);
    for (let step = 0; step < STEPS; step += 1) {
      const url = new URL(request.url);
      if (samePlace(url, target)) return url;
      const response = await this.#send(request);
      const location = response.headers.get('location');
      if (location) {
        await response.body?.cancel();
        request = new Request(new URL(location, url));
      } else {
        request = this.#act(await response.text(), url, target, response.status);
      }
    }
    throw new Error(`The sign-in did not end after ${STEPS} steps.`);
  }

  async #send(request: Request): Promise<Response> {
    const cookies = await this.#jar.getCookieString(request.url);
    if (cookies) request.headers.set('cookie', cookies);
    const response = await fetch(request, { redirect: 'manual' });
    for (const line of response.headers.getSetCookie()) {
      await this.#jar.setCookie(line, request.url, { ignoreError: true });
    }
    return response;
  }

  /** Does what the person would do on this page. */
  #act(html: string, url: URL, target: URL, status: number): Request {
    for (const form of readForms(html, url)) {
      const choice = this.#choose(form);
      if (choice) return submit(form, choice);
    }
    this.refusal = readText(html);
    const back = readLinks(html, url).find((link) => samePlace(link, target));
    if (back) return new Request(back);
    throw new Error(`${url.origin}${url.pathname} answered ${status}: ${this.refusal}`);
  }

  #choose(form: Form): Record<string, string> | undefined {
    if (form.choices.get('person')?.includes(this.#person)) return { person: this.#person };
    if (form.choices.get('decision')?.includes('allow')) return { decision: 'allow' };
    return undefined;
  }
}

function submit(form: Form, choice: Record<string, string>): Request {
  const fields = new URLSearchParams(form.fields);
  for (const [name, value] of Object.entries(choice)) fields.set(name, value);
  if (form.method === 'GET') {
    const url = new URL(form.action);
    url.search = fields.toString();
    return new Request(url);
  }
  const headers = { origin: form.action.origin };
  return new Request(form.action, { method: 'POST', body: fields, headers });
}
