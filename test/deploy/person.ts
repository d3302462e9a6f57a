import { randomUUID } from 'node:crypto';
import {
  AdminCreateUserCommand,
  AdminSetUserPasswordCommand,
  CognitoIdentityProviderClient,
} from '@aws-sdk/client-cognito-identity-provider';
import { CookieJar } from 'tough-cookie';
import { type Form, readForms, readLinks, readText } from '../../examples/clients/page.ts';
import type { Emulator } from './emulator.ts';
import { clientOptions } from './stack.ts';

const STEPS = 30;

const samePlace = (one: URL, other: URL): boolean =>
  one.origin === other.origin && one.pathname === other.pathname;

/** Somebody of the deployment's user pool, with the browser they use. */
export class Person {
  readonly email: string;
  readonly #password = `Aa1-${randomUUID()}`;
  readonly #jar = new CookieJar();
  readonly #emulator: Emulator;

  private constructor(email: string, emulator: Emulator) {
    this.email = email;
    this.#emulator = emulator;
  }

  /** Creates an account in the pool, as its administrator does. */
  static async create(email: string, userPoolId: string, emulator: Emulator): Promise<Person> {
    const person = new Person(email, emulator);
    const pool = new CognitoIdentityProviderClient(clientOptions(emulator));
    const verified = [
      { Name: 'email', Value: email },
      { Name: 'email_verified', Value: 'true' },
    ];
    const account = { UserPoolId: userPoolId, Username: email };
    await pool.send(
      new AdminCreateUserCommand({
        ...account,
        UserAttributes: verified,
        // The one that the emulator would make up is shorter than the pool demands.
        TemporaryPassword: person.#password,
        MessageAction: 'SUPPRESS',
      }),
    );
    await pool.send(
      new AdminSetUserPasswordCommand({ ...account, Password: person.#password, Permanent: true }),
    );
    return person;
  }

  /**
   * Opens an address, signs in and consents, until the browser is sent to `target`, which is not opened.
   * @throws Error with what the last page says when the way ends elsewhere.
   */
  async visit(start: URL, target: URL): Promise<URL> {
    let request = new Request(start);
    for (let step = 0; step < STEPS; step += 1) {
      const url = new URL(request.url);
      if (samePlace(url, target)) return url;
      const response = await this.#send(request);
      const location = response.headers.get('location');
      const html = await response.text();
      request = location
        ? new Request(new URL(location, url))
        : this.#act(html, url, target, response.status);
    }
    throw new Error(`The sign-in did not end after ${STEPS} steps.`);
  }

  /** The sign-in page is the emulator's, whose address has https in it. */
  async #send(request: Request): Promise<Response> {
    const { origin, port } = this.#emulator.url;
    const url = new URL(request.url);
    const here =
      url.port === port ? new Request(new URL(url.pathname + url.search, origin), request) : request;
    const cookies = await this.#jar.getCookieString(request.url);
    if (cookies) here.headers.set('cookie', cookies);
    const response = await fetch(here, { redirect: 'manual' }).catch((error: unknown) => {
      throw new Error(`${url.origin}${url.pathname} could not be opened`, { cause: error });
    });
    for (const line of response.headers.getSetCookie())
      await this.#jar.setCookie(line, request.url, { ignoreError: true });
    return response;
  }

  #act(html: string, url: URL, target: URL, status: number): Request {
    for (const form of readForms(html, url)) {
      if (form.fields.has('username') && form.fields.has('password'))
        return submitted(form, { username: this.email, password: this.#password });
      if (form.choices.get('decision')?.includes('allow')) return submitted(form, { decision: 'allow' });
    }
    const back = readLinks(html, url).find((link) => samePlace(link, target));
    if (back) return new Request(back);
    throw new Error(`${url.origin}${url.pathname} answered ${status}: ${readText(html)}`);
  }
}

function submitted(form: Form, answers: Record<string, string>): Request {
  const fields = new URLSearchParams(form.fields);
  for (const [name, value] of Object.entries(answers)) fields.set(name, value);
  return new Request(form.action, { method: 'POST', body: fields, headers: { origin: form.action.origin } });
}
