import type { Acknowledgement } from './acknowledgement.ts';

const routes = (...names: readonly string[]) =>
  names.map((name) => `FrontDoor/Gateway/Api/Default/${name}/Resource`);

/** Routes that the gateway lets everybody through to, each with its method. */
const OPEN_ROUTES = routes(
  'GET',
  'mcp/GET',
  'mcp/DELETE',
  'mcp/OPTIONS',
  'console/{proxy+}/ANY',
  ...['.well-known', 'oauth'].flatMap((path) =>
    ['GET', 'HEAD', 'OPTIONS', 'POST'].map((method) => `${path}/{proxy+}/${method}`),
  ),
  'api/v1/{proxy+}/ANY',
);

const FUNCTIONS = [
  'Access/Oauth',
  'Access/Authorizer',
  'Access/Maintenance',
  'Portal/Relay',
  'Console/Pages',
  'Admin/Api',
  'Audit/Sweep',
  'Migrations/Migrate',
  'Dispatch/Tick',
].map((path) => `${path}/Function/Resource`);

const QUEUES = ['AccessJobs', 'AuditJobs', 'DataJobs'].map((name) => `Dispatch/${name}`);

const policies = (...roles: readonly string[]) => roles.map((role) => `${role}/Role/DefaultPolicy/Resource`);

const FRONT_DOOR: readonly Acknowledgement[] = [
  {
    id: 'AwsSolutions-APIG2',
    at: ['FrontDoor/Gateway/Api/Resource'],
    reason:
      'MCP messages pass through unchanged, unknown fields among them; what each handler itself reads it validates by schema.',
  },
  {
    id: 'AwsSolutions-APIG4',
    at: OPEN_ROUTES,
    reason:
      'Sign-in and discovery (RFC 8414, RFC 9728) are for whoever has no token yet, pages and the admin API judge the session or token themselves: an authorizer could not answer as each of them has to.',
  },
  {
    id: 'AwsSolutions-COG4',
    at: [...routes('mcp/POST'), ...OPEN_ROUTES.filter((path) => !path.includes('OPTIONS'))],
    reason:
      'Tokens come from the deployment’s own OAuth provider, which the user pool’s are only the sign-in for; a Cognito authorizer would let in the wrong ones.',
  },
  {
    id: 'AwsSolutions-APIG6',
    at: ['FrontDoor/Gateway/Api/DeploymentStage.main/Resource'],
    reason:
      'Execution logs would hold headers and bodies, tokens and tool arguments among them; every request is in the access log and each handler writes its own.',
  },
  {
    id: 'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs]',
    at: ['FrontDoor/Gateway/Api/CloudWatchRole/Resource'],
    reason:
      'The role that API Gateway writes logs by is one for the whole account and region, and this policy is what AWS demands of it; `account.gatewayLogRole: existing` leaves it out.',
  },
  {
    id: 'AwsSolutions-CFR1',
    at: ['FrontDoor/Distribution/Distribution/Resource'],
    reason:
      'Hosted AI clients call from their vendors’ countries: from where people may come is decided by policies on the request’s address.',
  },
  {
    id: 'AwsSolutions-CFR2',
    at: ['FrontDoor/Distribution/Distribution/Resource'],
    reason:
      'The firewall is on the API behind, which answers requests of the distribution only: a second one would need a stack in us-east-1 and judge the same requests twice.',
  },
  {
    id: 'AwsSolutions-CFR3',
    at: ['FrontDoor/Distribution/Distribution/Resource'],
    reason:
      'Nothing is cached, so each request that CloudFront lets pass is in the API’s access log; CloudFront’s would hold query strings, with authorization codes in them.',
  },
  {
    id: 'AwsSolutions-CFR4',
    at: ['FrontDoor/Distribution/Distribution/Resource'],
    reason:
      'CloudFront’s own certificate for *.cloudfront.net takes no other setting; a deployment with a domain of its own demands TLS 1.2.',
  },
  {
    id: 'AwsSolutions-SMG4',
    at: ['FrontDoor/OriginSecret/Secret/Resource'],
    reason:
      'The distribution takes a new value only with a deployment: rotation is putting a new value in and raising `firewall.originSecretRevision`.',
  },
];

const FOUNDATION: readonly Acknowledgement[] = [
  {
    id: 'AwsSolutions-DDB3',
    at: ['Foundation/Tables/Vault/Resource'],
    reason:
      'Point-in-time recovery would bring destroyed keys and credentials back for 35 days; what is lost with the vault is made again by signing in.',
  },
  {
    id: 'AwsSolutions-S1',
    at: ['Foundation/Snapshots/Resource'],
    reason:
      'The bucket holds configuration under the names of its hashes, read by the deployment’s own functions on every cold start: a server access log would tell who started, and CloudTrail’s data events tell who else read.',
  },
  {
    id: 'AwsSolutions-IAM5[Resource::<Foundation/Snapshots.Arn>/snapshots/*]',
    at: policies('Access/Oauth', 'Portal/Relay', 'Console/Pages', 'Admin/Api', 'Migrations/Migrate'),
    reason: 'Snapshots are objects named by their hash below one prefix, and only there.',
  },
  {
    id: 'Sallyport::retained-state',
    at: ['Alarms/Key/Resource'],
    reason: 'Nothing is stored under this key: it protects notifications on their way.',
  },
];

const SIGN_IN: readonly Acknowledgement[] = [
  {
    id: 'AwsSolutions-COG1',
    at: ['Access/SignIn/People/Resource'],
    reason:
      'Passwords have at least 14 characters and a second factor; rules about which characters make them weaker (NIST SP 800-63B section 3.1.1.2).',
  },
  {
    id: 'AwsSolutions-COG8',
    at: ['Access/SignIn/People/Resource'],
    reason:
      'What the Plus plan adds judges passwords of the pool’s own accounts, at a price per person; people sign in at their organisation’s identity provider.',
  },
];

const OPERATIONS: readonly Acknowledgement[] = [
  {
    id: 'AwsSolutions-IAM5[Resource::*]',
    at: policies('LiveDeployments'),
    reason: 'CodeDeploy looks at alarms by cloudwatch:DescribeAlarms, which IAM knows no resources for.',
  },
  {
    id: 'AwsSolutions-IAM5[Resource::*]',
    at: policies('Portal/Relay', 'Admin/Api'),
    reason:
      'To place a function in a network Lambda itself needs these actions on every interface; the function’s own code is denied them.',
  },
  {
    id: 'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:cloudwatch:<AWS::Region>:<AWS::AccountId>:alarm:*]',
    at: policies('Admin/Api'),
    reason: 'DescribeAlarms is asked for a prefix of names, and is allowed for all alarms or none.',
  },
  {
    id: 'Serverless-LambdaDLQ',
    at: FUNCTIONS,
    reason:
      'A function’s own dead-letter queue is for asynchronous calls: these answer requests or take jobs from queues that have one. The tick is called so, once a minute, and the next one does what it left.',
  },
  {
    id: 'Serverless-LambdaTracing',
    at: FUNCTIONS,
    reason:
      'Tracing needs rights on every resource and tells a third place who called what; the log of each call has the request’s id, and metrics tell where time goes.',
  },
  {
    id: 'Serverless-SQSRedrivePolicy',
    at: QUEUES.map((queue) => `${queue}/DeadLetters/Resource`),
    reason: 'It is the dead-letter queue itself; an alarm is raised by the first message in it.',
  },
  {
    id: 'Serverless-LambdaEventSourceMappingDestination',
    at: QUEUES.map((queue) => `${queue}/Consumer/Resource`),
    reason: 'Lambda has no such destination for queues: given-up jobs go to the queue’s dead-letter queue.',
  },
  {
    id: 'Serverless-EventBusDLQ',
    at: ['Dispatch/EveryMinute/Resource'],
    reason:
      'A tick that is lost is made up for by the next one a minute later; the alarm counts missing ones.',
  },
  {
    id: 'Serverless-SNSRedrivePolicy',
    at: ['Alarms/Topic'],
    reason: 'Only e-mail addresses subscribe; an alarm that could not be told is still seen in CloudWatch.',
  },
];

/** Every finding of cdk-nag, of CloudFormation’s validation and of our own rules that stays. */
export const ACKNOWLEDGEMENTS: readonly Acknowledgement[] = [
  ...FRONT_DOOR,
  ...FOUNDATION,
  ...SIGN_IN,
  ...OPERATIONS,
];
