import { requester } from '../access/audit-trail.ts';
import type { AccessSession } from '../access/sessions/person.ts';
import { carryOut, ofGrant, ofPerson, ofSession, type Revocation } from '../access/sessions/revocation.ts';
import { formToken, isFormToken } from '../access/sign-in/form-token.ts';
import type { AuditWriter } from '../audit/record.ts';
import { SallyportError } from '../shared/errors.ts';
import type { HttpRequest } from '../shared/http.ts';
import { CONSOLE_CLIENT_ID } from '../shared/origin.ts';
import type { Table } from '../shared/table.ts';

/** What the forms of one signed-in browser are about, for their token. */
const FORMS = 'console';

export interface EndOptions {
  identity: Table;
  audit: Pick<AuditWriter, 'authentication'>;
}

/** The token of the forms of one signed-in browser: its cookie's secret makes it, and cannot be told from it. */
export const formTokenOf = (browser: string): string => formToken(browser, FORMS);

/** @throws SallyportError 403 for a form that the page of this very browser did not make. */
export function checkForm(browser: string, request: HttpRequest): URLSearchParams {
  const form = new URLSearchParams(request.body);
  if (isFormToken(browser, FORMS, form.get('csrf'))) return form;
  const message =
    'The form was not ours, or it is from an earlier sign-in. Open the page again and try once more.';
  throw new SallyportError('invalid_request', 403, message);
}

async function planned(
  identity: Table,
  form: URLSearchParams,
  { person }: AccessSession,
): Promise<Revocation | undefined> {
  const [session, grant] = [form.get('session'), form.get('grant')];
  if (form.get('everywhere') === 'true') return ofPerson(identity, person, 'sign-out');
  if (session !== null) return ofSession(identity, session, person);
  return grant === null ? undefined : ofGrant(identity, grant, person);
}

/**
 * Ends what a form of the page asks for, of this person alone.
 * @returns whether the page's own sign-in ended with it.
 * @throws SallyportError `not_found` 404 for what is not theirs or has ended, `audit_unavailable` 503.
 */
export async function endSessions(
  { identity, audit }: EndOptions,
  request: HttpRequest,
  form: URLSearchParams,
  visitor: AccessSession,
): Promise<boolean> {
  const revocation = await planned(identity, form, visitor);
  if (!revocation)
    throw new SallyportError('not_found', 404, 'There is no such session: it has ended already.');
  const { id, email } = visitor.person;
  const actor = {
    ...requester(request),
    person: { id, email },
    session: visitor.sid,
    client: { id: CONSOLE_CLIENT_ID },
  };
  const ended = await carryOut(audit, actor, revocation);
  return form.get('everywhere') === 'true' || ended.sessions.includes(visitor.sid);
}
