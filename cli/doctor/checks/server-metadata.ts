import * as z from 'zod';
import { PORTAL_SCOPE } from '../../../lambdas/shared/origin.ts';
import type { Answer } from '../answer.ts';
import { type Check, must, pass } from '../check.ts';
import { mustHave } from '../explain-answer.ts';
import { frontPage } from './front-page.ts';

const metadata = z.looseObject({
  issuer: z.string(),
  authorization_endpoint: z.string(),
  token_endpoint: z.string(),
  registration_endpoint: z.string(),
  jwks_uri: z.string(),
  code_challenge_methods_supported: z.array(z.string()),
  scopes_supported: z.array(z.string()),
});

const ENDPOINTS = ['authorization_endpoint', 'token_endpoint', 'registration_endpoint', 'jwks_uri'] as const;

/** What both metadata documents must say. @throws Found for the first fault. */
export function mustDescribeServer(answer: Answer, url: string): z.output<typeof metadata> {
  const path = new URL(answer.url).pathname;
  const found = mustHave(answer, metadata, `GET ${path}`);
  must(
    found.issuer === url,
    `the issuer is ${found.issuer}, not ${url}`,
    'Clients refuse metadata whose issuer is not the address that they asked, to the letter.',
    `If ${found.issuer} is the deployment's address, use that one. Else set \`domain\` or \`origin\` in the configuration to ${url} and deploy.`,
  );
  const elsewhere = ENDPOINTS.find((name) => !found[name].startsWith(`${url}/`));
  must(
    elsewhere === undefined,
    `${elsewhere} is ${elsewhere && found[elsewhere]}, not under ${url}`,
    'People and tokens would be sent to another address.',
    'Look at what stands in front and changes answers, then deploy again.',
  );
  must(
    found.code_challenge_methods_supported.includes('S256'),
    'PKCE with S256 is not offered',
    'MCP clients refuse a server without it.',
    'Look at what stands in front and changes answers, then deploy again.',
  );
  must(
    found.scopes_supported.includes(PORTAL_SCOPE),
    `the scope ${PORTAL_SCOPE} is not offered`,
    'Clients ask for the scopes that stand there.',
    'Look at what stands in front and changes answers, then deploy again.',
  );
  return found;
}

/** Authorization server metadata (RFC 8414). */
export const serverMetadata: Check = {
  name: 'server-metadata',
  after: [frontPage],
  async examine(visit) {
    const answer = await visit.ask('/.well-known/oauth-authorization-server');
    const { issuer } = mustDescribeServer(answer, visit.url);
    return pass(`issuer ${issuer}, S256, registration open`);
  },
};
