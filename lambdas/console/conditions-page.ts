import type { AccessSession } from '../access/sessions/person.ts';
import { findPolicy } from '../policy/find-policy.ts';
import type { PortalSnapshot } from '../policy/snapshot.ts';
import type { HttpResponse } from '../shared/http.ts';
import { isFresh, needsSignIn, type OpenLink } from './conditions.ts';
import { type Html, html } from './html.ts';
import { page, type SignedIn } from './layout.ts';

const TITLE = 'Before you go on';

/** For a browser in which nobody is signed in. */
export function signInFirstPage(reference: string): HttpResponse {
  const body = html`<p>Your application was asked for something that needs you. Sign in to see what.</p>
<p><a class="button" href="/console/sign-in?link=${reference}">Sign in</a></p>`;
  return page({ title: TITLE, body });
}

function question(kind: string, policy: string, snapshot: PortalSnapshot): Html {
  const spec = findPolicy(snapshot, policy)?.spec;
  const name = `${kind}-${policy}`;
  const label =
    kind === 'justification'
      ? (spec?.justification?.prompt ?? 'Why do you need this?')
      : 'Why should you be let in? Somebody else reads this and decides.';
  return html`<p><label for="${name}">${label}</label></p>
<p><textarea id="${name}" name="${name}" rows="3" cols="50" required minlength="5" maxlength="1000"></textarea></p>
`;
}

/** What is left to do before a call, as one form; nothing is done by opening it. */
export function conditionsPage(
  { reference, link }: OpenLink,
  visitor: AccessSession,
  signedIn: SignedIn,
  snapshot: PortalSnapshot,
): HttpResponse {
  if (needsSignIn(link) && !isFresh(link, visitor)) {
    const body = html`<p>What you are about to do asks for a fresh sign-in.</p>
<p><a class="button" href="/console/sign-in?again&amp;link=${reference}">Sign in again</a></p>`;
    return page({ title: TITLE, person: signedIn, body });
  }
  const questions = link.remedies
    .filter(({ kind }) => kind === 'justification' || kind === 'approval')
    .map(({ kind, policy }) => question(kind, policy, snapshot));
  const confirm = needsSignIn(link)
    ? html`<p>You have signed in again. Confirm that your application may go on.</p>`
    : undefined;
  const body = html`<form method="post" action="/console/conditions">
<input type="hidden" name="csrf" value="${signedIn.csrf}">
<input type="hidden" name="link" value="${reference}">
${confirm}${questions}<p><button>Go on</button></p>
</form>`;
  return page({ title: TITLE, person: signedIn, body });
}

export function conditionsMetPage(signedIn: SignedIn, waits: boolean): HttpResponse {
  const body = waits
    ? html`<p>Your request is filed. Once somebody approves it, try again in your application.</p>`
    : html`<p>Done. Go back to your application and try again.</p>`;
  return page({ title: 'Thank you', person: signedIn, body });
}
