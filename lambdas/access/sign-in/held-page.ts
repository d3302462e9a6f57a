import { escapeHtml, type HttpResponse, htmlResponse } from '../../shared/http.ts';
import type { Standing } from '../clients/client-approval.ts';
import { formTargets } from '../clients/redirect-rules.ts';
import { page } from './page.ts';

export interface HeldApplication {
  deployment: string;
  interaction: string;
  csrf: string;
  standing: Exclude<Standing, 'admitted'>;
  client: { id: string; name: string | undefined; hosts: readonly string[] };
  redirectUri: string | undefined;
  person: { email: string };
}

/** What the application is told, in words for the people who use it. */
export const HELD_REASON: Readonly<Record<HeldApplication['standing'], string>> = {
  held: 'The owners of this deployment have not yet approved this application. Connect again after they have.',
  denied: 'The owners of this deployment denied this application.',
};

/** Tells a person that the owners decide about an application first, or that they decided against it. */
export function heldPage(held: HeldApplication): HttpResponse {
  const { client, deployment, standing } = held;
  const name = escapeHtml(client.name ?? 'An application without a name');
  const hosts = escapeHtml(client.hosts.join(', '));
  const text =
    standing === 'held'
      ? `<p><strong>${name}</strong> of <strong>${hosts}</strong> is not known here yet. The owners of ${escapeHtml(deployment)} decide
whether it may connect; your request is on their list now.</p>
<p>When they have approved it, connect it again, or reload this page within half an hour. You will then be asked
what it may do. Nothing is connected until you have agreed.</p>`
      : `<p>The owners of ${escapeHtml(deployment)} decided that <strong>${name}</strong> of <strong>${hosts}</strong> may not connect.
Ask them if you need it.</p>`;
  const body = `${text}
<dl>
<dt>Signed in as</dt><dd>${escapeHtml(held.person.email)}</dd>
<dt>Application ID</dt><dd><code>${escapeHtml(client.id)}</code></dd>
</dl>
<form method="post" action="${escapeHtml(`/oauth/interaction/${encodeURIComponent(held.interaction)}/consent`)}">
<input type="hidden" name="csrf" value="${escapeHtml(held.csrf)}">
<button type="submit" name="decision" value="deny">Back to the application</button>
</form>`;
  const title =
    standing === 'held' ? 'This application needs an approval' : 'This application may not connect';
  return htmlResponse(403, page(title, body), {
    headers: {
      'content-security-policy': `default-src 'none'; style-src 'unsafe-inline'; form-action 'self' ${held.redirectUri === undefined ? '' : formTargets(held.redirectUri)}; base-uri 'none'; frame-ancestors 'none'`,
    },
  });
}
