export type Swap =
  | 'alias-updates'
  | 'address-sets'
  | 'metric-math'
  | 'streaming'
  | 'provider-url'
  | 'distribution-origin'
  | 'edge-modules';

/** What the emulator lacks of AWS, with the reason: all this is not seen by `npm run test:deploy`. */
export interface Gaps {
  /** Resource types that are left out of the template. */
  dropped: Readonly<Record<string, string>>;
  /** Properties that are deployed with another value. */
  swapped: Readonly<Record<Swap, string>>;
  /** What each function's process is given besides (`lambda-runtime.ts`). */
  runtime: Readonly<Record<string, string>>;
  /** What is deployed and has no effect. */
  ineffective: Readonly<Record<string, string>>;
}

export const GAPS: Gaps = {
  dropped: {
    'AWS::CodeDeploy::Application': 'The emulator has no CodeDeploy.',
    'AWS::CodeDeploy::DeploymentGroup': 'The emulator has no CodeDeploy.',
    'AWS::Cognito::ManagedLoginBranding': 'Its sign-in page looks the same for all user pools.',
    'AWS::Cognito::UserPoolUser': 'It creates people through the API only.',
    'AWS::WAFv2::IPSet': 'It has web ACLs in CloudFormation, and no address sets.',
    'AWS::WAFv2::LoggingConfiguration': 'Its web ACLs judge no requests, so there is nothing to log.',
    'AWS::WAFv2::WebACLAssociation': 'Its web ACLs judge no requests.',
  },
  swapped: {
    'alias-updates': 'Without CodeDeploy an alias moves to a new version at once.',
    'address-sets': 'Rules of the web ACL name an address set that is not there.',
    'metric-math': 'Its alarms in CloudFormation watch one metric: the first one of the formula.',
    streaming: 'Its REST APIs do not know the URI of streaming integrations: the MCP route is buffered.',
    'provider-url': 'Its user pools have no attribute ProviderURL: the same URL is put together.',
    'distribution-origin':
      'Its CloudFront refuses origins with a host name of AWS: the origin is the same API by its local URL.',
    'edge-modules':
      "Its functions at the edge have no modules: the host of the origin is not named there, but by leaving out the viewer's, and the country is not handed over.",
  },
  runtime: {
    awslambda: 'Its Node runtime has no streaming handlers: a streamed answer is collected.',
    fetch: 'Its Node runtime brings requests for hosts of AWS to the emulator, but not those of fetch.',
  },
  ineffective: {
    'AWS::IAM::Policy':
      'Roles are not enforced: with that on, the CDK is refused the bucket that its bootstrap made for it.',
    'AWS::WAFv2::WebACL': 'It judges no requests.',
    'AWS::KMS::Key': 'Tables are not encrypted with it, so a missing grant is not seen.',
  },
};
