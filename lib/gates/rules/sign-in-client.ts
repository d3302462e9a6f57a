import type { Rule } from '../rule.ts';
import { listOf, ofType, valueAt, written } from '../template.ts';

/** Lets a person's own token change the attributes that tell who the person is. */
const SELF_SERVICE = 'aws.cognito.signin.user.admin';

/** Who signs up or edits attributes without an administrator becomes whom they like. */
export const signInClient: Rule = {
  id: 'sign-in-client',
  description: 'Nobody signs up, changes own attributes by token, or signs in other than at the sign-in page',
  *check(template) {
    for (const [logicalId, { Properties }] of ofType(template, 'AWS::Cognito::UserPool')) {
      if (valueAt(Properties, 'AdminCreateUserConfig.AllowAdminCreateUserOnly') !== true) {
        const location = 'AdminCreateUserConfig.AllowAdminCreateUserOnly';
        yield { logicalId, location, message: 'must be true: people could sign themselves up.' };
      }
    }
    for (const [logicalId, { Properties }] of ofType(template, 'AWS::Cognito::UserPoolClient')) {
      const has = (property: string, value: string) => listOf(Properties[property]).includes(value);
      if (has('AllowedOAuthScopes', SELF_SERVICE))
        yield { logicalId, location: 'AllowedOAuthScopes', message: `must leave out ${SELF_SERVICE}.` };
      if (has('AllowedOAuthFlows', 'implicit'))
        yield {
          logicalId,
          location: 'AllowedOAuthFlows',
          message: 'must leave out implicit: tokens in URLs leak.',
        };
      const flows = listOf(Properties.ExplicitAuthFlows);
      if (flows.length === 0)
        yield {
          logicalId,
          location: 'ExplicitAuthFlows',
          message:
            'must name ALLOW_REFRESH_TOKEN_AUTH: without any, Cognito allows ways around the sign-in page.',
        };
      for (const flow of flows) {
        // What these give a person is a token with the scope above.
        if (flow !== 'ALLOW_REFRESH_TOKEN_AUTH')
          yield { logicalId, location: 'ExplicitAuthFlows', message: `must leave out ${written(flow)}.` };
      }
    }
  },
};
