import { createHash } from 'node:crypto';
import { ACCOUNT, REGION } from '../iam/authorizer.ts';

/** What CloudFormation's pseudo parameters are in the embedded cloud. */
export const PSEUDO_PARAMETERS: Readonly<Record<string, string>> = {
  'AWS::AccountId': ACCOUNT,
  'AWS::Partition': 'aws',
  'AWS::Region': REGION,
  'AWS::StackName': 'embedded',
  'AWS::URLSuffix': 'amazonaws.com',
};

export interface Identity {
  /** The value of `Ref`. */
  name: string;
  /** The values of `Fn::GetAtt`. */
  attributes: Readonly<Record<string, string>>;
}

/** A resource's own name, if its template gives one. */
type Named = (property: string) => string | undefined;

interface Place {
  logicalId: string;
  named: Named;
  /** The origin of the embedded Cognito. */
  cognitoOrigin: string;
}

const digest = (logicalId: string) => createHash('sha256').update(logicalId).digest('hex');
const arn = (service: string, resource: string) => `arn:aws:${service}:${REGION}:${ACCOUNT}:${resource}`;
const uuid = (hex: string) =>
  [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');

const byLogicalId = ({ logicalId }: Place): Identity => ({ name: logicalId, attributes: {} });

/**
 * Names and attributes of each resource type that runs in the embedded cloud. They follow from the logical id, so
 * that data outlives a restart.
 */
export const IDENTITIES: Readonly<Record<string, (place: Place) => Identity>> = {
  'AWS::ApiGateway::Authorizer': byLogicalId,
  'AWS::ApiGateway::BasePathMapping': byLogicalId,
  'AWS::ApiGateway::Deployment': byLogicalId,
  'AWS::ApiGateway::DomainName': ({ named, logicalId }) => ({
    name: named('DomainName') ?? logicalId,
    attributes: {},
  }),
  'AWS::ApiGateway::GatewayResponse': byLogicalId,
  'AWS::ApiGateway::Method': byLogicalId,
  'AWS::ApiGateway::Resource': byLogicalId,
  'AWS::ApiGateway::RestApi': ({ logicalId }) => {
    const id = digest(logicalId).slice(0, 10);
    return { name: id, attributes: { RestApiId: id, RootResourceId: `${id}-root` } };
  },
  'AWS::ApiGateway::Stage': ({ logicalId, named }) => ({
    name: named('StageName') ?? logicalId,
    attributes: {},
  }),
  'AWS::CloudFront::Distribution': ({ logicalId }) => {
    const id = digest(logicalId).slice(0, 13).toUpperCase();
    return { name: id, attributes: { DomainName: `d${id.toLowerCase()}.cloudfront.net`, Id: id } };
  },
  'AWS::CloudFront::Function': ({ logicalId }) => {
    const functionArn = `arn:aws:cloudfront::${ACCOUNT}:function/${logicalId}`;
    return { name: functionArn, attributes: { FunctionARN: functionArn } };
  },
  'AWS::CloudFront::OriginRequestPolicy': ({ logicalId }) => {
    const id = uuid(digest(logicalId));
    return { name: id, attributes: { Id: id } };
  },
  'AWS::CloudWatch::Alarm': ({ logicalId, named }) => {
    const name = named('AlarmName') ?? `${PSEUDO_PARAMETERS['AWS::StackName']}-${logicalId}`;
    return { name, attributes: { Arn: arn('cloudwatch', `alarm:${name}`) } };
  },
  'AWS::Cognito::UserPool': ({ logicalId, cognitoOrigin }) => {
    const id = `${REGION}_${digest(logicalId).slice(0, 9)}`;
    return {
      name: id,
      attributes: {
        Arn: arn('cognito-idp', `userpool/${id}`),
        ProviderName: `${new URL(cognitoOrigin).host}/${id}`,
        ProviderURL: `${cognitoOrigin}/${id}`,
        UserPoolId: id,
      },
    };
  },
  'AWS::Cognito::UserPoolClient': ({ logicalId }) => {
    const id = digest(logicalId).slice(0, 26);
    return { name: id, attributes: { ClientId: id } };
  },
  'AWS::Cognito::UserPoolIdentityProvider': ({ logicalId, named }) => ({
    name: named('ProviderName') ?? logicalId,
    attributes: {},
  }),
  'AWS::Cognito::UserPoolUser': ({ logicalId, named }) => ({
    name: named('Username') ?? logicalId,
    attributes: {},
  }),
  'AWS::DynamoDB::Table': ({ logicalId, named }) => {
    const name = named('TableName') ?? logicalId;
    return { name, attributes: { Arn: arn('dynamodb', `table/${name}`) } };
  },
  'AWS::Events::EventBus': ({ logicalId, named }) => {
    const name = named('Name') ?? logicalId;
    return { name, attributes: { Arn: arn('events', `event-bus/${name}`), Name: name } };
  },
  'AWS::Events::Rule': ({ logicalId, named }) => {
    const name = named('Name') ?? logicalId;
    return { name, attributes: { Arn: arn('events', `rule/${name}`) } };
  },
  'AWS::IAM::Policy': byLogicalId,
  'AWS::IAM::Role': ({ logicalId }) => ({
    name: logicalId,
    attributes: { Arn: `arn:aws:iam::${ACCOUNT}:role/${logicalId}`, RoleId: logicalId },
  }),
  'AWS::KMS::Key': ({ logicalId }) => {
    const id = uuid(digest(logicalId));
    return { name: id, attributes: { Arn: arn('kms', `key/${id}`), KeyId: id } };
  },
  'AWS::Lambda::Alias': ({ named }) => {
    const aliasArn = arn('lambda', `function:${named('FunctionName')}:${named('Name')}`);
    return { name: aliasArn, attributes: { AliasArn: aliasArn } };
  },
  'AWS::Lambda::EventSourceMapping': ({ logicalId }) => {
    const id = uuid(digest(logicalId));
    return { name: id, attributes: { Id: id } };
  },
  'AWS::Lambda::Function': ({ logicalId, named }) => {
    const name = named('FunctionName') ?? logicalId;
    return { name, attributes: { Arn: arn('lambda', `function:${name}`) } };
  },
  'AWS::Lambda::Version': ({ named }) => ({
    name: arn('lambda', `function:${named('FunctionName')}:1`),
    attributes: { Version: '1' },
  }),
  'AWS::Logs::LogGroup': ({ logicalId, named }) => {
    const name = named('LogGroupName') ?? logicalId;
    return { name, attributes: { Arn: arn('logs', `log-group:${name}:*`) } };
  },
  'AWS::Logs::MetricFilter': byLogicalId,
  'AWS::S3::Bucket': ({ logicalId, named }) => {
    const name = named('BucketName') ?? logicalId.toLowerCase();
    return { name, attributes: { Arn: `arn:aws:s3:::${name}`, DomainName: `${name}.s3.amazonaws.com` } };
  },
  'AWS::SecretsManager::Secret': ({ logicalId, named }) => {
    const name = named('Name') ?? logicalId;
    const secretArn = arn('secretsmanager', `secret:${name}-${digest(logicalId).slice(0, 6)}`);
    return { name: secretArn, attributes: { Id: secretArn, Name: name } };
  },
  'AWS::SNS::Subscription': byLogicalId,
  'AWS::SNS::Topic': ({ logicalId, named }) => {
    const name = named('TopicName') ?? logicalId;
    return { name: arn('sns', name), attributes: { TopicArn: arn('sns', name), TopicName: name } };
  },
  'AWS::SQS::Queue': ({ logicalId, named }) => {
    const name = named('QueueName') ?? logicalId;
    const url = `https://sqs.${REGION}.amazonaws.com/${ACCOUNT}/${name}`;
    return { name: url, attributes: { Arn: arn('sqs', name), QueueName: name, QueueUrl: url } };
  },
  'AWS::WAFv2::IPSet': ({ logicalId }) => ({
    name: logicalId,
    attributes: { Arn: arn('wafv2', `regional/ipset/${logicalId}/${uuid(digest(logicalId))}`) },
  }),
  'AWS::WAFv2::WebACL': ({ logicalId, named }) => {
    const name = named('Name') ?? logicalId;
    const id = uuid(digest(logicalId));
    const aclArn = arn('wafv2', `regional/webacl/${name}/${id}`);
    return { name: `${name}|${id}|REGIONAL`, attributes: { Arn: aclArn, Id: id } };
  },
  'AWS::WAFv2::WebACLAssociation': byLogicalId,
};
