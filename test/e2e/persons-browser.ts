import { CookieJar } from '../../cli/cookie-jar.ts';
import { type Form, formsOf } from '../../cli/html-form.ts';

export interface OpenPage {
  url: URL;
  status: number;
  html: string;
}

const MOST_STEPS = 40;

/** The browser of one person at a deployment: it keeps cookies, and signs in and consents where it is asked to. */
export class PersonsBrowser {
  readonly #person: string;
  readonly #jar = new CookieJar();

  constructor(person: string) {
    this.#person = person;
  }

  /** Opens an address and goes on through sign-in and consent, until a page has nothing of both. */
  async open(address: string | URL): Promise<OpenPage> {
    let page = await this.#send(new URL(address));
    for (let step = 0; step < MOST_STEPS; step++) {
      const next = this.#answer(page);
      if (!next) return page;
      page = await this.#send(next.url, next.form);
    }
    throw new Error(`The pages do not end: ${page.url.href}`);
  }

  /** Sends the form of a page that goes to this path, filled in. */
  async submit({ url, html }: OpenPage, path: string, fields: Record<string, string>): Promise<OpenPage> {
    const form = formsOf(html).find(({ action }) => new URL(action, url).pathname === path);
    if (!form) throw new Error(`There is no form to ${path} on: ${html}`);
    return this.#send(new URL(form.action, url), filled(form, fields));
  }

  /** Sends a form that no page made. */
  post(address: string | URL, fields: Record<string, string>): Promise<OpenPage> {
    return this.#send(new URL(address), new URLSearchParams(fields));
  }

  #answer({ url, html, status }: OpenPage): { url: URL; form: URLSearchParams } | undefined {
    if (status >= 400) return undefined;
    for (const form of formsOf(html)) {
      const has = (name: string, value?: string) =>
        form.controls.some(
          (control) => control.name === name && (value === undefined || control.value === value),
        );
      if (has('person', this.#person))
        return { url: new URL(form.action || url.href, url), form: filled(form, { person: this.#person }) };
      if (has('decision', 'allow'))
        return { url: new URL(form.action || url.href, url), form: filled(form, { decision: 'allow' }) };
    }
    return undefined;
  }

  async #send(start: URL, form?: URLSearchParams): Promise<OpenPage> {
    let [url, body] = [start, form];
    for (let step = 0; step < MOST_STEPS; step++) {
      const cookie = this.#jar.header(url);
      const response = await fetch(url, {
        redirect: 'manual',
        headers: { ...(cookie ? { cookie } : {}), ...(body ? { origin: url.origin } : {}) },
        ...(body ? { method: 'POST', body } : {}),
      });
      this.#jar.store(url, response.headers.getSetCookie());
      const location = response.headers.get('location');
      if (location === null) return { url, status: response.status, html: await response.text() };
      await response.body?.cancel();
      [url, body] = [new URL(location, url), undefined];
    }
    throw new Error(`The redirects do not end: ${url.href}`);
  }
}

function filled(form: Form, fields: Record<string, string>): URLSearchParams {
  const values = new URLSearchParams();
  for (const control of form.controls)
    if (control.tag === 'input' && control.type === 'hidden') values.append(control.name, control.value);
  for (const [name, value] of Object.entries(fields)) values.set(name, value);
  return values;
}
