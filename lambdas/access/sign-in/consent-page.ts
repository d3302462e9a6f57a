import { escapeHtml, type HttpResponse, htmlResponse } from '../../shared/http.ts';
import { ADMIN_SCOPE, PORTAL_SCOPE } from '../../shared/origin.ts';
import { isUrl } from '../clients/client-id-url.ts';
import { formTargets, isLoopback, isPrivateScheme } from '../clients/redirect-rules.ts';
import { page } from './page.ts';

export interface ConsentQuestion {
  deployment: string;
  interaction: string;
  csrf: string;
  client: {
    id: string;
    name: string | undefined;
    firstParty: boolean;
    hosts: readonly string[];
    /** The deployment knows its host: listed, approved, or our own. */
    known: boolean;
  };
  /** Undefined for a device, which waits for its answer instead. */
  redirectUri: string | undefined;
  person: { email: string; name: string | undefined };
  scopes: readonly string[];
  /** The application will stay connected after its access token has expired. */
  staysConnected: boolean;
  /** What the audit keeps of its calls, and for how many days. */
  records: { payloads: 'metadata' | 'full'; days: number };
}

const MEANING: Readonly<Record<string, string>> = {
  [PORTAL_SCOPE]:
    'use the tools, prompts and resources of the portal that its policies allow you, in your name',
  [ADMIN_SCOPE]: 'administer this deployment with the roles that you have',
  openid: 'know who you are',
  profile: 'see your name and groups',
  email: 'see your e-mail address',
};

function whereTo(redirectUri: string | undefined): string {
  if (redirectUri === undefined) return 'the device that showed you the code';
  if (isLoopback(redirectUri)) return 'this computer';
  if (isPrivateScheme(redirectUri))
    return `an application on this computer (${new URL(redirectUri).protocol})`;
  return new URL(redirectUri).host;
}

const onOwnComputer = (uri: string | undefined): boolean =>
  uri !== undefined && (isLoopback(uri) || isPrivateScheme(uri));

function warning({ client, redirectUri }: ConsentQuestion): string {
  if (client.firstParty) return '';
  if (onOwnComputer(redirectUri))
    return `<p class="note">This application runs on your own computer, so nobody vouches for its name.
Go on only if you have just started to connect it yourself.</p>`;
  if (client.known) return '';
  return `<p class="note">Nobody here has approved applications of <strong>${escapeHtml(client.hosts.join(', '))}</strong>, and
its name is its own claim. Go on only if you know this host and have just started to connect it yourself.</p>`;
}

function recorded({ scopes, records }: ConsentQuestion): string {
  const what = !scopes.includes(PORTAL_SCOPE)
    ? 'every change: who made it, when, and of what'
    : records.payloads === 'full'
      ? 'every call: who, when, which tool, whether it was allowed, and everything that is sent and answered'
      : 'every call: who, when, which tool and whether it was allowed; not what is sent and answered';
  return `${what}. Kept for ${records.days} ${records.days === 1 ? 'day' : 'days'}.`;
}

/** Who speaks for the application: the host of its document, or nobody but itself. */
function origin({ client, deployment }: ConsentQuestion): string {
  if (client.firstParty) return escapeHtml(deployment);
  const hosts = `<strong>${escapeHtml(client.hosts.join(', '))}</strong>`;
  return isUrl(client.id) ? hosts : `${hosts} (it registered itself)`;
}

/** Asks a person whether an application may act for them; shows who asks and where the answer goes. */
export function consentPage(question: ConsentQuestion): HttpResponse {
  const { client, person, deployment } = question;
  const name = client.name ?? 'An application without a name';
  const action = `/oauth/interaction/${encodeURIComponent(question.interaction)}`;
  const meanings = question.scopes.map((scope) => MEANING[scope]).filter((text) => text !== undefined);
  if (question.staysConnected) meanings.push('stay connected until your sign-in has to be renewed');
  const body = `<p><strong>${escapeHtml(name)}</strong> asks to:</p>
<ul>${meanings.map((text) => `<li>${escapeHtml(text)}</li>`).join('')}</ul>
<dl>
<dt>Signed in as</dt><dd>${escapeHtml(person.name ? `${person.name} (${person.email})` : person.email)}</dd>
<dt>Comes from</dt><dd>${origin(question)}</dd>
<dt>Answer goes to</dt><dd><strong>${escapeHtml(whereTo(question.redirectUri))}</strong><br><code>${escapeHtml(question.redirectUri ?? '')}</code></dd>
<dt>Application ID</dt><dd><code>${escapeHtml(client.id)}</code></dd>
<dt>Recorded</dt><dd>${escapeHtml(recorded(question))}</dd>
</dl>
${warning(question)}
<form method="post" action="${escapeHtml(`${action}/consent`)}">
<input type="hidden" name="csrf" value="${escapeHtml(question.csrf)}">
<button class="main" type="submit" name="decision" value="allow">Allow</button>
<button type="submit" name="decision" value="deny">Deny</button>
</form>
<p>Not you? <a href="${escapeHtml(`${action}/switch?csrf=${question.csrf}`)}">Sign in as somebody else</a></p>`;
  return htmlResponse(200, page(`Connect ${name} to ${deployment}?`, body), {
    headers: {
      'content-security-policy': `default-src 'none'; style-src 'unsafe-inline'; form-action 'self' ${question.redirectUri === undefined ? '' : formTargets(question.redirectUri)}; base-uri 'none'; frame-ancestors 'none'`,
    },
  });
}
