import type { Referent } from './referent.ts';

/** What a property takes. */
export interface Kind {
  name: string;
  /** `Type/Attribute` of resources. */
  references: readonly string[];
  /** ARNs, as `service:resource`. */
  arn?: RegExp;
}

/** Whether a referent is of one of the kinds. */
export const isOneOf = (kinds: readonly Kind[], referent: Referent): boolean =>
  kinds.some(({ references, arn }) =>
    referent.kind === 'arn'
      ? arn?.test(`${referent.service}:${referent.resource}`)
      : references.includes(`${referent.type}/${referent.attribute}`),
  );

export const ROLE_ARN: Kind = {
  name: 'the ARN of a role',
  references: ['AWS::IAM::Role/Arn'],
  arn: /^iam:role\//,
};
export const ROLE_NAME: Kind = { name: 'the name of a role', references: ['AWS::IAM::Role/Ref'] };
export const MANAGED_POLICY: Kind = {
  name: 'the ARN of a managed policy',
  references: ['AWS::IAM::ManagedPolicy/Ref', 'AWS::IAM::ManagedPolicy/PolicyArn'],
  arn: /^iam:policy\//,
};
export const QUEUE: Kind = {
  name: 'the ARN of a queue',
  references: ['AWS::SQS::Queue/Arn'],
  arn: /^sqs:[^/]+$/,
};
export const QUEUE_URL: Kind = { name: 'the URL of a queue', references: ['AWS::SQS::Queue/Ref'] };
export const TOPIC: Kind = {
  name: 'the ARN of a topic',
  references: ['AWS::SNS::Topic/Ref', 'AWS::SNS::Topic/TopicArn'],
  arn: /^sns:[^:]+$/,
};
export const FUNCTION: Kind = {
  name: 'the ARN of a function, version or alias',
  references: [
    'AWS::Lambda::Function/Arn',
    'AWS::Lambda::Version/Ref',
    'AWS::Lambda::Version/FunctionArn',
    'AWS::Lambda::Alias/Ref',
    'AWS::Lambda::Alias/AliasArn',
  ],
  arn: /^lambda:function:/,
};
export const FUNCTION_NAME: Kind = {
  name: 'the name of a function',
  references: ['AWS::Lambda::Function/Ref'],
};
export const STREAM: Kind = {
  name: 'the ARN of a stream',
  references: ['AWS::DynamoDB::Table/StreamArn', 'AWS::Kinesis::Stream/Arn'],
  arn: /^(dynamodb:table\/[^/]+\/stream\/|kinesis:stream\/)/,
};
export const KEY_ARN: Kind = {
  name: 'the ARN of a KMS key',
  references: ['AWS::KMS::Key/Arn'],
  arn: /^kms:(key|alias)\//,
};
export const KEY_ID: Kind = {
  name: 'the id of a KMS key',
  references: ['AWS::KMS::Key/Ref', 'AWS::KMS::Key/KeyId', 'AWS::KMS::Alias/Ref'],
};
export const BUCKET_NAME: Kind = { name: 'the name of a bucket', references: ['AWS::S3::Bucket/Ref'] };
export const LOG_GROUP: Kind = {
  name: 'the ARN of a log group',
  references: ['AWS::Logs::LogGroup/Arn'],
  arn: /^logs:log-group:/,
};
export const LOG_GROUP_NAME: Kind = {
  name: 'the name of a log group',
  references: ['AWS::Logs::LogGroup/Ref'],
};
export const DELIVERY_STREAM: Kind = {
  name: 'the ARN of a Firehose stream',
  references: ['AWS::KinesisFirehose::DeliveryStream/Arn'],
  arn: /^firehose:deliverystream\//,
};
export const CERTIFICATE: Kind = {
  name: 'the ARN of a certificate',
  references: ['AWS::CertificateManager::Certificate/Ref'],
  arn: /^acm:certificate\//,
};
export const WEB_ACL: Kind = {
  name: 'the ARN of a web ACL',
  references: ['AWS::WAFv2::WebACL/Arn'],
  arn: /^wafv2:(regional|global)\/webacl\//,
};
export const RULE_GROUP: Kind = {
  name: 'the ARN of a rule group',
  references: ['AWS::WAFv2::RuleGroup/Arn'],
  arn: /^wafv2:(regional|global)\/rulegroup\//,
};
export const IP_SET: Kind = {
  name: 'the ARN of an IP set',
  references: ['AWS::WAFv2::IPSet/Arn'],
  arn: /^wafv2:(regional|global)\/ipset\//,
};
export const API_STAGE: Kind = {
  name: 'the ARN of a stage of a REST API',
  references: [],
  arn: /^apigateway:\/restapis\/[^/]+\/stages\/[^/]+$/,
};
export const USER_POOL_ID: Kind = {
  name: 'the id of a user pool',
  references: ['AWS::Cognito::UserPool/Ref', 'AWS::Cognito::UserPool/UserPoolId'],
};
export const SECRET: Kind = {
  name: 'the ARN of a secret',
  references: ['AWS::SecretsManager::Secret/Ref', 'AWS::SecretsManager::Secret/Id'],
  arn: /^secretsmanager:secret:/,
};
export const EDGE_FUNCTION: Kind = {
  name: 'the ARN of a CloudFront function',
  references: ['AWS::CloudFront::Function/FunctionARN'],
  arn: /^cloudfront:function\//,
};
export const EVENT_BUS: Kind = {
  name: 'the ARN of an event bus',
  references: ['AWS::Events::EventBus/Arn'],
  arn: /^events:event-bus\//,
};
export const STATE_MACHINE: Kind = {
  name: 'the ARN of a state machine',
  references: ['AWS::StepFunctions::StateMachine/Arn', 'AWS::StepFunctions::StateMachine/Ref'],
  arn: /^states:stateMachine:/,
};
