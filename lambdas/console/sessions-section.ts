import type { Application, ListedSession, SessionPage } from '../access/sessions/list-sessions.ts';
import { type Html, html } from './html.ts';

export interface SessionsSection {
  /** The sign-in that this very page rests on. */
  current: string;
  csrf: string;
  sessions: SessionPage;
}

const when = (time: string) =>
  html`<time datetime="${time}">${time.slice(0, 16).replace('T', ' ')} UTC</time>`;

/** A form with one button; the label says to those who only hear it which of the buttons this is. */
const endForm = (csrf: string, [name, value]: readonly [string, string], text: string, label: string): Html =>
  html`<form method="post" action="/console/sessions/end">
<input type="hidden" name="csrf" value="${csrf}"><input type="hidden" name="${name}" value="${value}">
<button class="quiet" type="submit" aria-label="${label}">${text}</button>
</form>`;

function applicationItem(csrf: string, { grant, client, name, host, grantedAt }: Application): Html {
  const called = name ?? client;
  return html`<li><p>${called}${host && html` <span class="soft">(${host})</span>`}${
    grantedAt && html`<span class="soft">, connected ${when(grantedAt)}</span>`
  }</p>
${endForm(csrf, ['grant', grant], 'Disconnect', `Disconnect ${called}`)}</li>
`;
}

function sessionItem(current: string, csrf: string, session: ListedSession): Html {
  const { id, device, signedInAt, expiresAt, applications } = session;
  return html`<li><h3>${device.label}${id === current ? ' (this page)' : ''}</h3>
<p class="soft">Signed in ${when(signedInAt)}${device.ip && ` from ${device.ip}`}; ends ${when(expiresAt)}</p>
<ul>${applications.map((application) => applicationItem(csrf, application))}</ul>
${endForm(csrf, ['session', id], 'End this session', `End the session on ${device.label} of ${signedInAt}`)}</li>
`;
}

/** A person's sign-ins, each with a way to end it. */
export function sessionsSection({ current, csrf, sessions: { items, next } }: SessionsSection): Html {
  return html`<h2 id="sessions">Your sessions</h2>
<p class="soft">Every sign-in of yours, with the applications that you connected in it. What you end here stops within a
minute. If there is one that is not yours, sign out everywhere and tell your administrators.</p>
<ul class="servers sessions">${items.map((session) => sessionItem(current, csrf, session))}</ul>
${next === null ? undefined : html`<p class="note">There are more than are shown here. Sign out everywhere to end them all.</p>`}
${endForm(csrf, ['everywhere', 'true'], 'Sign out everywhere', 'Sign out everywhere')}`;
}
