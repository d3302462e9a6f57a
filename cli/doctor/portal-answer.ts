import { code } from '../../lambdas/portal/json-rpc.ts';
import { type Finding, fail, warn } from './check.ts';
import type { Reply } from './mcp-request.ts';
import type { Visit } from './visit.ts';

/** What an error of the portal to an admitted person means; undefined for an answer with a result. */
export function explainRefusal(visit: Visit, method: string, reply: Reply): Finding | undefined {
  if ('result' in reply) return undefined;
  const { error } = reply;
  if (error.code === code.notConfigured) {
    visit.learned.closed = 'the portal has no configuration yet';
    return warn(
      visit.learned.closed,
      'Nobody can call anything before a portal, a server and a policy are applied.',
      'That is so after the first deployment: apply them with sallyport apply -f FILE (docs/guide/documents.md).',
    );
  }
  if (error.code === code.denied) {
    visit.learned.closed = 'policies refuse this person';
    return warn(
      `policies refuse ${visit.learned.email ?? 'this person'}: ${error.message}`,
      'The rest of the portal can only be examined as somebody whom a policy allows.',
      'If it should be so, run the command as somebody else; if not, correct the policies of the portal.',
    );
  }
  return fail(
    `${method} is answered with the error ${error.code}: ${error.message}`,
    'Clients cannot work with the portal.',
    'Read the log of portal-relay; the runbook has the codes.',
  );
}
