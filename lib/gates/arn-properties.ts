import type { Kind } from './kinds.ts';
import * as kinds from './kinds.ts';

const { FUNCTION, FUNCTION_NAME, KEY_ARN, KEY_ID, QUEUE, ROLE_ARN, ROLE_NAME, TOPIC } = kinds;
const KEY = [KEY_ID, KEY_ARN];
const ANY_FUNCTION = [FUNCTION, FUNCTION_NAME];
const TARGETS = [FUNCTION, QUEUE, TOPIC, kinds.EVENT_BUS, kinds.STATE_MACHINE, kinds.LOG_GROUP];

/** What properties take that hold an ARN, name or id of another resource; `*` is every member. */
export const ARN_PROPERTIES: Readonly<Record<string, Readonly<Record<string, readonly Kind[]>>>> = {
  'AWS::ApiGateway::Account': { CloudWatchRoleArn: [ROLE_ARN] },
  'AWS::ApiGateway::Authorizer': { AuthorizerCredentials: [ROLE_ARN] },
  'AWS::ApiGateway::DomainName': {
    CertificateArn: [kinds.CERTIFICATE],
    RegionalCertificateArn: [kinds.CERTIFICATE],
  },
  'AWS::ApiGateway::Method': { 'Integration.Credentials': [ROLE_ARN] },
  'AWS::ApiGateway::Stage': { 'AccessLogSetting.DestinationArn': [kinds.LOG_GROUP, kinds.DELIVERY_STREAM] },
  'AWS::CloudFront::Distribution': {
    'DistributionConfig.DefaultCacheBehavior.FunctionAssociations.*.FunctionARN': [kinds.EDGE_FUNCTION],
    'DistributionConfig.CacheBehaviors.*.FunctionAssociations.*.FunctionARN': [kinds.EDGE_FUNCTION],
    'DistributionConfig.ViewerCertificate.AcmCertificateArn': [kinds.CERTIFICATE],
    'DistributionConfig.WebACLId': [kinds.WEB_ACL],
  },
  'AWS::CloudWatch::Alarm': {
    'AlarmActions.*': [TOPIC, FUNCTION],
    'InsufficientDataActions.*': [TOPIC, FUNCTION],
    'OKActions.*': [TOPIC, FUNCTION],
  },
  'AWS::CodeDeploy::DeploymentGroup': { ServiceRoleArn: [ROLE_ARN] },
  'AWS::Cognito::UserPool': {
    'LambdaConfig.*': [FUNCTION, KEY_ARN],
    'LambdaConfig.*.LambdaArn': [FUNCTION],
    'LambdaConfig.KMSKeyID': [KEY_ARN],
  },
  'AWS::Cognito::UserPoolClient': { UserPoolId: [kinds.USER_POOL_ID] },
  'AWS::Cognito::UserPoolDomain': {
    'CustomDomainConfig.CertificateArn': [kinds.CERTIFICATE],
    UserPoolId: [kinds.USER_POOL_ID],
  },
  'AWS::Cognito::UserPoolIdentityProvider': { UserPoolId: [kinds.USER_POOL_ID] },
  'AWS::DynamoDB::Table': { 'SSESpecification.KMSMasterKeyId': KEY },
  'AWS::Events::Rule': {
    RoleArn: [ROLE_ARN],
    'Targets.*.Arn': TARGETS,
    'Targets.*.DeadLetterConfig.Arn': [QUEUE],
    'Targets.*.RoleArn': [ROLE_ARN],
  },
  'AWS::IAM::ManagedPolicy': { 'Roles.*': [ROLE_NAME] },
  'AWS::IAM::Policy': { 'Roles.*': [ROLE_NAME] },
  'AWS::IAM::Role': {
    'ManagedPolicyArns.*': [kinds.MANAGED_POLICY],
    PermissionsBoundary: [kinds.MANAGED_POLICY],
  },
  'AWS::KMS::Alias': { TargetKeyId: KEY },
  'AWS::Lambda::Alias': { FunctionName: ANY_FUNCTION },
  'AWS::Lambda::EventInvokeConfig': {
    'DestinationConfig.OnFailure.Destination': [QUEUE, TOPIC, FUNCTION, kinds.EVENT_BUS],
    FunctionName: ANY_FUNCTION,
  },
  'AWS::Lambda::EventSourceMapping': {
    'DestinationConfig.OnFailure.Destination': [QUEUE, TOPIC],
    EventSourceArn: [QUEUE, kinds.STREAM],
    FunctionName: ANY_FUNCTION,
  },
  'AWS::Lambda::Function': {
    'DeadLetterConfig.TargetArn': [QUEUE, TOPIC],
    KmsKeyArn: [KEY_ARN],
    'LoggingConfig.LogGroup': [kinds.LOG_GROUP_NAME],
    Role: [ROLE_ARN],
  },
  'AWS::Lambda::Permission': { FunctionName: ANY_FUNCTION },
  'AWS::Lambda::Version': { FunctionName: ANY_FUNCTION },
  'AWS::Logs::LogGroup': { KmsKeyId: [KEY_ARN] },
  'AWS::S3::Bucket': {
    'BucketEncryption.ServerSideEncryptionConfiguration.*.ServerSideEncryptionByDefault.KMSMasterKeyID': KEY,
    'LoggingConfiguration.DestinationBucketName': [kinds.BUCKET_NAME],
  },
  'AWS::S3::BucketPolicy': { Bucket: [kinds.BUCKET_NAME] },
  'AWS::SNS::Subscription': { TopicArn: [TOPIC] },
  'AWS::SNS::Topic': { KmsMasterKeyId: KEY },
  'AWS::SNS::TopicPolicy': { 'Topics.*': [TOPIC] },
  'AWS::SQS::Queue': { KmsMasterKeyId: KEY, 'RedrivePolicy.deadLetterTargetArn': [QUEUE] },
  'AWS::SQS::QueuePolicy': { 'Queues.*': [kinds.QUEUE_URL] },
  'AWS::Scheduler::Schedule': {
    KmsKeyArn: [KEY_ARN],
    'Target.Arn': TARGETS,
    'Target.DeadLetterConfig.Arn': [QUEUE],
    'Target.RoleArn': [ROLE_ARN],
  },
  'AWS::SecretsManager::RotationSchedule': {
    RotationLambdaARN: [FUNCTION],
    SecretId: [kinds.SECRET],
  },
  'AWS::SecretsManager::Secret': { KmsKeyId: KEY },
  'AWS::WAFv2::LoggingConfiguration': {
    'LogDestinationConfigs.*': [kinds.LOG_GROUP, kinds.DELIVERY_STREAM],
    ResourceArn: [kinds.WEB_ACL],
  },
  'AWS::WAFv2::WebACL': {
    'Rules.*.Statement.IPSetReferenceStatement.Arn': [kinds.IP_SET],
    'Rules.*.Statement.RuleGroupReferenceStatement.Arn': [kinds.RULE_GROUP],
  },
  'AWS::WAFv2::WebACLAssociation': { ResourceArn: [kinds.API_STAGE], WebACLArn: [kinds.WEB_ACL] },
};

/** Properties with the URI by which API Gateway invokes a function. */
export const INVOCATION_PROPERTIES: Readonly<Record<string, string>> = {
  'AWS::ApiGateway::Authorizer': 'AuthorizerUri',
  'AWS::ApiGateway::Method': 'Integration.Uri',
};
