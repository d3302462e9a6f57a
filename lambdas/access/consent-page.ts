import { escapeHtml, type HttpResponse, htmlResponse } from '../shared/http.ts';
import { ADMIN_SCOPE, PORTAL_SCOPE } from '../shared/origin.ts';
import { page } from './page.ts';
import { isLoopback, isPrivateScheme } from './redirect-rules.ts';

export interface ConsentQuestion {
  deployment: string;
  interaction: string;
  csrf: string;
  client: { id: string; name: string | undefined; firstParty: boolean };
  redirectUri: string;
  person: { email: string; name: string | undefined };
  scopes: readonly string[];
  /** The application will stay connected after its access token has expired. */
  staysConnected: boolean;
}

const MEANING: Readonly<Record<string, string>> = {
  [PORTAL_SCOPE]:
    'use the tools, prompts and resources of the portal that its policies allow you, in your name',
  [ADMIN_SCOPE]: 'administer this deployment with the roles that you have',
  openid: 'know who you are',
  profile: 'see your name and groups',
  email: 'see your e-mail address',
};

function whereTo(redirectUri: string): string {
  if (isLoopback(redirectUri)) return 'this computer';
  if (isPrivateScheme(redirectUri))
    return `an application on this computer (${new URL(redirectUri).protocol})`;
  return new URL(redirectUri).host;
}

/**
 * The sources that the form may lead to: browsers hold redirects after a form to it as well. A policy cannot
 * name an IPv6 address, so that one opens its scheme.
 */
function formTargets(redirectUri: string): string {
  const { protocol, hostname, origin } = new URL(redirectUri);
  return isPrivateScheme(redirectUri) || hostname.startsWith('[') ? protocol : origin;
}

function warning(question: ConsentQuestion): string {
  if (
    question.client.firstParty ||
    !(isLoopback(question.redirectUri) || isPrivateScheme(question.redirectUri))
  )
    return '';
  return `<p class="note">This application runs on your own computer, so nobody vouches for its name.
Go on only if you have just started to connect it yourself.</p>`;
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
<dt>Answer goes to</dt><dd><strong>${escapeHtml(whereTo(question.redirectUri))}</strong><br><code>${escapeHtml(question.redirectUri)}</code></dd>
<dt>Application ID</dt><dd><code>${escapeHtml(client.id)}</code></dd>
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
      'content-security-policy': `default-src 'none'; style-src 'unsafe-inline'; form-action 'self' ${formTargets(question.redirectUri)}; base-uri 'none'; frame-ancestors 'none'`,
    },
  });
}
