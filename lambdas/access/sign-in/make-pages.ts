import type { Provider } from 'oidc-provider';
import { portalsOf } from '../../shared/origin.ts';
import type { OAuthParts } from '../oauth-parts.ts';
import { createSessionReader } from '../sessions/session-reader.ts';
import { createProofJudge } from '../tokens/proof-judge.ts';
import { createTokenVerifier } from '../tokens/verify-token.ts';
import { createUserinfo } from '../userinfo.ts';
import { ConsentQuestions } from './consent-question.ts';
import { HeldInteraction } from './held-interaction.ts';
import { IdentityProvider } from './identity-provider.ts';
import { Interactions } from './interactions.ts';
import { ownPages } from './own-pages.ts';
import { SignIn } from './sign-in.ts';
import { SignInStore } from './sign-in-store.ts';

/** The pages and endpoints that the library leaves to us, put together. */
export function makePages(
  provider: Provider,
  { options, resources, secrets, audit, browserSessions, grants, approval }: OAuthParts,
) {
  const { origin, identity, idp, deployment } = options;
  const providers = options.identityProviders ?? [];
  const [only, another] = providers;
  const redirectUri = `${origin}/oauth/callback`;
  const signIn = new SignIn({
    origin,
    provider,
    identity,
    identityProvider: new IdentityProvider({
      issuer: idp.issuer,
      clientId: idp.clientId,
      redirectUri,
      ...(only && !another ? { behind: only.name } : {}),
    }),
    sources: { pool: idp.name, providers },
    pending: new SignInStore(identity),
    audit,
  });
  const { formKey } = secrets;
  const questions = new ConsentQuestions({
    deployment,
    resources,
    formKey,
    approval,
    allowedRedirectUris: options.allowedRedirectUris,
    retentionDays: options.auditRetentionDays,
  });
  const interactions = new Interactions({
    provider,
    resources,
    formKey,
    signIn,
    browserSessions,
    grants,
    questions,
    held: new HeldInteraction({ provider, deployment, formKey, approval }),
    identity,
    audit,
  });
  const userinfo = createUserinfo({
    identity,
    verifiers: [...portalsOf(resources), resources.admin].map((audience) =>
      createTokenVerifier({ origin, audience, identity }),
    ),
    proofs: createProofJudge(origin, identity),
    sessions: createSessionReader(identity),
  });
  return ownPages({ interactions, signIn, userinfo });
}
