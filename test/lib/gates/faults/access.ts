import type { Faults } from './fault.ts';

const CLIENT = 'AWS::Cognito::UserPoolClient';
const FUNCTION = 'AWS::Lambda::Function';
const POLICY = 'AWS::IAM::Policy';
const STATEMENTS = 'Properties.PolicyDocument.Statement';

const allow = (Action: string, Resource: string, rest = {}) => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...rest,
});

/** Faults of who may do what. */
export const ACCESS: Faults = {
  'sign-in-client': [
    {
      what: 'people who sign themselves up',
      type: 'AWS::Cognito::UserPool',
      path: 'Properties.AdminCreateUserConfig.AllowAdminCreateUserOnly',
      value: false,
    },
    {
      what: 'tokens that change their person’s attributes',
      type: CLIENT,
      path: 'Properties.AllowedOAuthScopes.+',
      value: 'aws.cognito.signin.user.admin',
    },
    { what: 'tokens in URLs', type: CLIENT, path: 'Properties.AllowedOAuthFlows.+', value: 'implicit' },
    {
      what: 'a way around the sign-in page',
      type: CLIENT,
      path: 'Properties.ExplicitAuthFlows',
      value: ['ALLOW_USER_PASSWORD_AUTH'],
    },
    {
      what: 'Cognito’s own choice of ways to sign in',
      type: CLIENT,
      path: 'Properties.ExplicitAuthFlows',
      value: [],
    },
  ],
  'policy-wildcard': [
    {
      what: 'every action of a service',
      type: POLICY,
      path: `${STATEMENTS}.+`,
      value: allow('dynamodb:*', 'arn:aws:dynamodb:eu-central-1:123456789012:table/t'),
    },
    { what: 'every resource', type: POLICY, path: `${STATEMENTS}.+`, value: allow('s3:GetObject', '*') },
    {
      what: 'all but some actions',
      type: POLICY,
      path: `${STATEMENTS}.+`,
      value: { Effect: 'Allow', NotAction: 'iam:*', Resource: 'arn:aws:s3:::b' },
    },
    {
      what: 'a queue that is open to everybody',
      type: 'AWS::SQS::QueuePolicy',
      path: `${STATEMENTS}.+`,
      value: allow('sqs:SendMessage', 'arn:aws:sqs:eu-central-1:123456789012:q', { Principal: { AWS: '*' } }),
    },
    {
      what: 'a role that everybody may take on',
      type: 'AWS::IAM::Role',
      path: 'Properties.AssumeRolePolicyDocument.Statement.+',
      value: { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: '*' },
    },
  ],
  'clear-secret': [
    {
      what: 'a secret in the environment of a function',
      type: FUNCTION,
      path: 'Properties.Environment.Variables.UPSTREAM_API_KEY',
      value: 'correct-horse-battery',
    },
    {
      what: 'a token that its form gives away',
      type: FUNCTION,
      path: 'Properties.Environment.Variables.UPSTREAM',
      value: 'https://x-access:ghp_0123456789abcdefghijklmnopqrstuvwxyz@github.com',
    },
    {
      what: 'the secret of the distribution',
      type: 'AWS::CloudFront::Distribution',
      path: 'Properties.DistributionConfig.Origins.0.OriginCustomHeaders.0',
      value: { HeaderName: 'x-sallyport-origin-secret', HeaderValue: 'correct-horse-battery' },
    },
  ],
};
