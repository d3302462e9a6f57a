import { isReference } from '../access/evidence/remedy-links.ts';
import { listSessionsOfPerson } from '../access/sessions/list-sessions.ts';
import type { AccessSession } from '../access/sessions/person.ts';
import { personSubject } from '../access/sessions/subject.ts';
import { Facts } from '../policy/facts.ts';
import type { VersionedSnapshot } from '../policy/snapshot.ts';
import { SallyportError } from '../shared/errors.ts';
import { cookie, type HttpRequest, type HttpResponse } from '../shared/http.ts';
import { resourcesOf } from '../shared/origin.ts';
import { meetConditions, openLink } from './conditions.ts';
import { conditionsMetPage, conditionsPage, signInFirstPage } from './conditions-page.ts';
import { sessionCookieName, setCookie } from './cookies.ts';
import { checkForm, type EndOptions, endSessions, formTokenOf } from './end-sessions.ts';
import { deniedPage, homePage, notSetUpPage, type Visitor, welcomePage } from './home-page.ts';
import { html } from './html.ts';
import { page } from './layout.ts';
import { answerAtMcpEndpoint } from './mcp-endpoint.ts';
import { sessionsSection } from './sessions-section.ts';
import {
  beginSignIn,
  finishSignIn,
  forgetBrowser,
  redirect,
  type SignInOptions,
  signOut,
} from './sign-in.ts';
import { visibleServers } from './visible-servers.ts';

export interface PagesOptions extends SignInOptions, EndOptions {
  deployment: string;
  portalId: string;
  /** Origins whose pages may call the portal. */
  allowedOrigins: ReadonlySet<string>;
  snapshots: { current(portalId: string): Promise<VersionedSnapshot | undefined> };
}

/** The sign-in behind the browser's cookie; undefined when there is none, or it was ended or revoked. */
async function visitorOf(options: PagesOptions, request: HttpRequest): Promise<AccessSession | undefined> {
  const id = cookie(request, sessionCookieName(options.origin));
  const token = id === undefined ? undefined : await options.browsers.findSession(id);
  if (!token) return undefined;
  try {
    return await options.sessions.read(token);
  } catch (error) {
    if (error instanceof SallyportError && error.status === 401) return undefined;
    throw error;
  }
}

const SESSIONS_SHOWN = 50;

async function describeVisitor(
  { identity }: PagesOptions,
  { person, sid }: AccessSession,
  browser: string,
): Promise<Visitor> {
  const csrf = formTokenOf(browser);
  const sessions = await listSessionsOfPerson(identity, person.id, {
    limit: SESSIONS_SHOWN,
    current: sid,
  });
  return {
    name: person.name ?? person.email,
    email: person.email,
    csrf,
    sessions: sessionsSection({ current: sid, csrf, sessions }),
  };
}

async function home(options: PagesOptions, request: HttpRequest): Promise<HttpResponse> {
  const { origin, deployment } = options;
  const [session, current] = await Promise.all([
    visitorOf(options, request),
    options.snapshots.current(options.portalId),
  ]);
  const title = current?.snapshot.portal.title ?? deployment;
  const name = sessionCookieName(origin);
  const browser = cookie(request, name);
  if (!session || browser === undefined) {
    const cookies = browser !== undefined ? [setCookie(origin, name, '', 0)] : [];
    return welcomePage(title, cookies, request.query.has('signed-out'));
  }
  const visitor = await describeVisitor(options, session, browser);
  if (!current) return notSetUpPage(title, visitor);
  const seen = visibleServers(
    current.snapshot,
    new Facts(personSubject(session, { ip: request.sourceIp }), { requestOpen: true }),
  );
  if (!seen.decision.allowed) return deniedPage(title, visitor, seen.decision.reason);
  const { description } = current.snapshot.portal;
  const url = resourcesOf(origin).portal;
  return homePage({ title, description, deployment, url, visitor, servers: seen.servers });
}

/** POST /console/sessions/end: ends what a button of the page stands for. */
async function endSession(options: PagesOptions, request: HttpRequest): Promise<HttpResponse> {
  const browser = cookie(request, sessionCookieName(options.origin));
  const session = browser === undefined ? undefined : await visitorOf(options, request);
  if (!session || browser === undefined) return redirect('/', []);
  const form = checkForm(browser, request);
  const signedOut = await endSessions(options, request, form, session);
  return signedOut ? forgetBrowser(options, browser) : redirect('/#sessions', []);
}

/** GET and POST /console/conditions: what policies ask of somebody before a call. */
async function conditions(options: PagesOptions, request: HttpRequest): Promise<HttpResponse> {
  const browser = cookie(request, sessionCookieName(options.origin));
  const visitor = browser === undefined ? undefined : await visitorOf(options, request);
  const reference = request.query.get('link');
  if (!visitor || browser === undefined) {
    if (request.method === 'POST' || !isReference(reference)) return redirect('/', []);
    return signInFirstPage(reference);
  }
  const { name, email } = visitor.person;
  const signedIn = { name: name ?? email, email, csrf: formTokenOf(browser) };
  if (request.method === 'POST') {
    const { remedies } = await meetConditions(options, request, checkForm(browser, request), visitor);
    return conditionsMetPage(
      signedIn,
      remedies.some(({ kind }) => kind === 'approval'),
    );
  }
  const open = await openLink(options.identity, reference, visitor);
  const current = await options.snapshots.current(options.portalId);
  return current ? conditionsPage(open, visitor, signedIn, current.snapshot) : notFound();
}

const notFound = () =>
  page({ status: 404, title: 'Nothing here', body: html`<p><a href="/">The portal’s page</a></p>` });

/** A refusal as a page: whoever is here uses a browser. */
function refusalPage(error: SallyportError): HttpResponse {
  const body = html`<p class="note">${error.message}</p>
<p><a class="button" href="/">Back to the start</a></p>`;
  return page({ status: error.status, title: 'That did not work', body });
}

/** Answers everything that people may open in a browser. */
export async function answerPage(options: PagesOptions, request: HttpRequest): Promise<HttpResponse> {
  const routes: Record<string, () => Promise<HttpResponse>> = {
    'GET /': () => home(options, request),
    'GET /console/sign-in': () => beginSignIn(options, request),
    'GET /console/callback': () => finishSignIn(options, request),
    'POST /console/sign-out': () => signOut(options, request),
    'POST /console/sessions/end': () => endSession(options, request),
    'GET /console/conditions': () => conditions(options, request),
    'POST /console/conditions': () => conditions(options, request),
  };
  if (request.path === '/mcp')
    return answerAtMcpEndpoint(request, resourcesOf(options.origin).portal, options.allowedOrigins);
  const route = `${request.method} ${request.path}`;
  if (!Object.hasOwn(routes, route)) return notFound();
  try {
    return (await routes[route]?.()) ?? notFound();
  } catch (error) {
    if (error instanceof SallyportError && error.status < 500) return refusalPage(error);
    throw error;
  }
}
