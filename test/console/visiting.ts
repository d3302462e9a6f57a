import { expect } from '@jest/globals';
import { signInHeadless } from '../../cli/headless-sign-in.ts';
import { changeDocuments } from '../../lambdas/admin/change-documents.ts';
import { parseDocument } from '../../lambdas/shared/documents/parse-document.ts';
import type { RunningDeployment } from '../cli/running-deployment.ts';

export interface Visited {
  response: Response;
  body: string;
}

export const cookieOf = (response: Response, name: string): string | undefined =>
  response.headers
    .getSetCookie()
    .map((value) => value.split(';')[0] ?? '')
    .find((pair) => pair.startsWith(`${name}=`));

/** Applies documents as an owner. */
export async function apply(deployment: RunningDeployment, ...documents: unknown[]): Promise<void> {
  const dana = {
    id: 'p_dana',
    idp: 'cognito',
    subject: 'dana',
    email: 'dana@example.com',
    name: 'Dana',
    groups: [],
  };
  const caller = { person: dana, role: 'owner' as const, clientId: 'test', actor: {} };
  const request = {
    method: 'POST',
    path: '',
    query: new URLSearchParams(),
    headers: {},
    body: '',
    sourceIp: '',
    requestId: '',
  };
  const set = documents.map((document, index) => ({
    at: `documents[${index}]`,
    document: parseDocument(document, ''),
  }));
  await changeDocuments(deployment.api, { request, id: '', caller }, set);
}

/** What people do with the pages at an origin, redirects not followed. */
export function visiting(origin: () => string) {
  const get = async (
    path: string,
    headers: Record<string, string> = {},
    method = 'GET',
    form?: Record<string, string>,
  ): Promise<Visited> => {
    const response = await fetch(`${origin()}${path}`, {
      method,
      headers,
      redirect: 'manual',
      ...(form ? { body: new URLSearchParams(form) } : {}),
    });
    return { response, body: await response.text() };
  };

  /** Goes to the sign-in page as a browser does and returns the way back, not taken yet. */
  async function beginSignIn(person: string) {
    const { response } = await get('/console/sign-in');
    const callback = await signInHeadless({
      authorizationUrl: new URL(response.headers.get('location') ?? ''),
      redirectUri: `${origin()}/console/callback`,
      person,
    });
    return {
      browser: cookieOf(response, 'sallyport-sign-in') ?? '',
      callback: callback.pathname + callback.search,
    };
  }

  /** Signs a person in and returns the cookie of their browser. */
  async function signIn(person: string): Promise<string> {
    const { browser, callback } = await beginSignIn(person);
    const { response } = await get(callback, { cookie: browser });
    expect([response.status, response.headers.get('location')]).toEqual([303, '/']);
    return cookieOf(response, 'sallyport') ?? '';
  }

  /** The token that the forms of this browser's page carry. */
  async function formToken(cookie: string): Promise<string> {
    const { body } = await get('/', { cookie });
    return /name="csrf" value="([^"]+)"/.exec(body)?.[1] ?? '';
  }

  /** Presses a button of the page. */
  const press = async (cookie: string, path: string, form: Record<string, string> = {}) =>
    get(path, { cookie }, 'POST', { csrf: await formToken(cookie), ...form });

  return { get, beginSignIn, signIn, formToken, press };
}
