import { requester } from '../access/audit-trail.ts';
import { requestApproval } from '../access/evidence/approvals.ts';
import { keepJustification, keepStepUp } from '../access/evidence/fulfilled.ts';
import {
  findRemedyLink,
  isReference,
  type RemedyLink,
  useRemedyLink,
} from '../access/evidence/remedy-links.ts';
import type { AccessSession } from '../access/sessions/person.ts';
import type { AuditWriter, Authentication } from '../audit/record.ts';
import { SallyportError } from '../shared/errors.ts';
import type { HttpRequest } from '../shared/http.ts';
import { CONSOLE_CLIENT_ID } from '../shared/origin.ts';
import type { Table } from '../shared/table.ts';

export interface ConditionsOptions {
  identity: Table;
  audit: Pick<AuditWriter, 'authentication'>;
}

const SHORTEST = 5;
const LONGEST = 1_000;
/** Clocks of the functions may differ by this much. */
const SKEW_SECONDS = 5;

/** A link as its person sees it. */
export interface OpenLink {
  reference: string;
  link: RemedyLink;
}

const gone = () =>
  new SallyportError(
    'link_expired',
    404,
    'This link has been used already or is too old. Try again in your application: it gives you a new one.',
  );

/** @throws SallyportError `link_expired` 404, `other_person` 403 for a link that is somebody else's. */
export async function openLink(
  identity: Table,
  reference: string | null,
  visitor: AccessSession,
): Promise<OpenLink> {
  const link = isReference(reference) ? await findRemedyLink(identity, reference) : undefined;
  if (!link || !isReference(reference)) throw gone();
  if (link.person === visitor.person.id) return { reference, link };
  const message = `This link is for somebody else: you are signed in here as ${visitor.person.email}. Sign out, and sign in as the person who uses the application.`;
  throw new SallyportError('other_person', 403, message);
}

export const needsSignIn = ({ remedies }: RemedyLink): boolean =>
  remedies.some(({ kind }) => kind === 'sign-in' || kind === 'step-up');

/** Whether this browser's person signed in after the link was made. */
export const isFresh = ({ createdAt }: RemedyLink, { authenticatedAt }: AccessSession): boolean =>
  authenticatedAt >= createdAt - SKEW_SECONDS;

/** @throws SallyportError `invalid_request` 400 for a text that says nothing. */
function textOf(form: URLSearchParams, name: string): string {
  const text = (form.get(name) ?? '').trim();
  if (text.length >= SHORTEST && text.length <= LONGEST) return text;
  throw new SallyportError(
    'invalid_request',
    400,
    `Please write why, in ${SHORTEST} to ${LONGEST} characters.`,
    {
      at: name,
    },
  );
}

type Done = Pick<Authentication, 'activity' | 'reason'> & { keep: () => Promise<unknown> };

function plan(
  options: ConditionsOptions,
  link: RemedyLink,
  form: URLSearchParams,
  visitor: AccessSession,
): Done[] {
  const { identity } = options;
  const { id: person, email } = visitor.person;
  if (needsSignIn(link) && !isFresh(link, visitor))
    throw new SallyportError('sign_in_first', 403, 'Sign in again first, with the button of the page.');
  return link.remedies.map(({ kind, policy }): Done => {
    if (kind === 'sign-in' || kind === 'step-up') {
      const signIn = { at: visitor.authenticatedAt, methods: visitor.authenticationMethods ?? [] };
      const keep = () => keepStepUp(identity, link.session, signIn);
      return { activity: 'step-up', reason: `Signed in again for policy "${policy}".`, keep };
    }
    const text = textOf(form, `${kind}-${policy}`);
    const reason = `Policy "${policy}": ${text}`;
    if (kind === 'justification')
      return {
        activity: 'justification',
        reason,
        keep: () => keepJustification(identity, link.session, policy),
      };
    const request = { person, email, policy, reason: text };
    return { activity: 'approval-request', reason, keep: () => requestApproval(identity, request) };
  });
}

/**
 * Does what the form of a link asks for, once, each recorded before it holds.
 * @throws SallyportError as `openLink` does, and for a form that is not filled in.
 */
export async function meetConditions(
  options: ConditionsOptions,
  request: HttpRequest,
  form: URLSearchParams,
  visitor: AccessSession,
): Promise<RemedyLink> {
  const { reference, link } = await openLink(options.identity, form.get('link'), visitor);
  const planned = plan(options, link, form, visitor);
  if (!(await useRemedyLink(options.identity, reference))) throw gone();
  const { id, email } = visitor.person;
  const actor = {
    ...requester(request),
    person: { id, email },
    session: link.session,
    client: { id: CONSOLE_CLIENT_ID },
  };
  for (const { activity, reason, keep } of planned) {
    await options.audit.authentication({ activity, actor, status: 'success', ...(reason ? { reason } : {}) });
    await keep();
  }
  return link;
}
