import * as z from 'zod';
import { PORTAL_SCOPE, resourcesOf } from '../../../lambdas/shared/origin.ts';
import { type Check, must, pass } from '../check.ts';
import { mustHave } from '../explain-answer.ts';
import { frontPage } from './front-page.ts';

const PATH = '/.well-known/oauth-protected-resource';
const metadata = z.object({
  resource: z.string(),
  authorization_servers: z.array(z.string()),
  scopes_supported: z.array(z.string()),
});

const TO_DO =
  'Give the public origin exactly as the deployment knows it (output Issuer). If it moved, set `domain` or `origin` in the configuration and deploy.';

/** Protected resource metadata (RFC 9728) in both forms in which clients ask for it. */
export const resourceMetadata: Check = {
  name: 'resource-metadata',
  after: [frontPage],
  async examine(visit) {
    const { portal } = resourcesOf(visit.url);
    for (const path of [`${PATH}/mcp`, PATH]) {
      const found = mustHave(await visit.ask(path), metadata, `GET ${path}`);
      must(
        found.resource === portal,
        `${path} is about ${found.resource}, not ${portal}`,
        'Clients ask for tokens for the resource that stands there, and stop when it is not what they connect to.',
        TO_DO,
      );
      must(
        found.authorization_servers.includes(visit.url),
        `${path} names ${found.authorization_servers.join(', ') || 'no authorization server'}, not ${visit.url}`,
        'Clients would look for the sign-in somewhere else.',
        TO_DO,
      );
      must(
        found.scopes_supported.includes(PORTAL_SCOPE),
        `${path} lacks the scope ${PORTAL_SCOPE}`,
        'Clients ask for the scopes that stand there.',
        'Deploy again; look at what stands in front and changes answers.',
      );
    }
    return pass(`${portal}, sign-in at ${visit.url}`);
  },
};
