import { CookieJar } from './cookie-jar.ts';
import { Failure } from './failure.ts';
import { type Form, formsOf, textOf } from './html-form.ts';

export interface HeadlessSignIn {
  /** The authorization request, with all its parameters. */
  authorizationUrl: URL;
  /** Where the answer goes; nothing has to listen there. */
  redirectUri: string;
  /** Whom to choose on the embedded cloud's sign-in page. */
  person: string;
}

interface Page {
  url: URL;
  status: number;
  html: string;
}

interface Request {
  url: URL;
  form?: URLSearchParams;
}

const MOST_STEPS = 30;

/** Where an answer leads; a form's redirect becomes a GET unless 307 or 308 says otherwise. */
function nextRequest(response: Response, { url, form }: Request): Request | undefined {
  const location = response.headers.get('location');
  if (response.status < 300 || response.status > 399 || location === null) return undefined;
  const keeps = form && (response.status === 307 || response.status === 308);
  return { url: new URL(location, url), ...(keeps ? { form } : {}) };
}

/** The form filled in: its hidden fields, and one control chosen. */
function fill(page: Page, form: Form, name: string, value: string): Request {
  const filled = new URLSearchParams();
  for (const control of form.controls) {
    if (control.tag === 'input' && control.type === 'hidden') filled.append(control.name, control.value);
  }
  filled.set(name, value);
  return { url: new URL(form.action || page.url.href, page.url), form: filled };
}

const valuesOf = (form: Form, name: string) =>
  form.controls.filter((control) => control.name === name).map(({ value }) => value);

/** What a person would do on this page. */
function answerPage(page: Page, { authorizationUrl, person }: HeadlessSignIn): Request {
  if (page.status >= 400) throw new Failure(`The sign-in was refused: ${textOf(page.html)}`);
  const forms = formsOf(page.html).filter(({ method }) => method === 'post');
  const signIn = forms.find((form) => valuesOf(form, 'person').length > 0);
  if (signIn) {
    const people = valuesOf(signIn, 'person');
    if (people.includes(person)) return fill(page, signIn, 'person', person);
    throw new Failure(`There is nobody called "${person}" here; there are: ${people.join(', ')}.`);
  }
  const consent = forms.find((form) => valuesOf(form, 'decision').includes('allow'));
  if (consent && page.url.origin === authorizationUrl.origin) return fill(page, consent, 'decision', 'allow');
  throw new Failure(
    `People sign in to this deployment at ${page.url.host}, which is not the sign-in page of the embedded cloud: --person works there only. Run the command without --person to sign in with a browser.`,
  );
}

/**
 * Signs a seeded person in as a browser would (redirects, cookies, forms) and consents. Works with the
 * embedded cloud only; nothing is ever typed into another sign-in page.
 * @returns the address of the client's redirect URI, with `code` or `error`.
 * @throws Failure that says where it stopped.
 */
export async function signInHeadless(signIn: HeadlessSignIn): Promise<URL> {
  const jar = new CookieJar();
  const target = new URL(signIn.redirectUri);
  let request: Request = { url: signIn.authorizationUrl };
  for (let step = 0; step < MOST_STEPS; step++) {
    const { url, form } = request;
    if (url.origin === target.origin && url.pathname === target.pathname) return url;
    const cookie = jar.header(url);
    const response = await fetch(url, {
      redirect: 'manual',
      headers: {
        accept: 'text/html',
        ...(cookie ? { cookie } : {}),
        ...(form ? { origin: url.origin } : {}),
      },
      ...(form ? { method: 'POST', body: form } : {}),
    });
    jar.store(url, response.headers.getSetCookie());
    const html = await response.text();
    request = nextRequest(response, request) ?? answerPage({ url, status: response.status, html }, signIn);
  }
  throw new Failure(`The sign-in did not come to an end after ${MOST_STEPS} pages.`);
}
