import type { Faults } from './fault.ts';

const FUNCTION = 'AWS::Lambda::Function';
const QUEUE = 'AWS::SQS::Queue';
const ROLE = 'AWS::IAM::Role';
const RULE = 'AWS::Events::Rule';
const MAPPING = 'AWS::Lambda::EventSourceMapping';

type IdOf = (type: string, part?: string) => string;
const arnOf = (type: string, part?: string) => (idOf: IdOf) => ({ 'Fn::GetAtt': [idOf(type, part), 'Arn'] });
const refOf = (type: string, part?: string) => (idOf: IdOf) => ({ Ref: idOf(type, part) });

/** References to the wrong type of resource, or by the wrong attribute of the right one. */
export const REFERENCES: Faults = {
  'arn-type': [
    {
      what: 'a queue as the role of a function',
      type: FUNCTION,
      path: 'Properties.Role',
      value: arnOf(QUEUE),
    },
    { what: 'the name of a role for its ARN', type: FUNCTION, path: 'Properties.Role', value: refOf(ROLE) },
    {
      what: 'a queue spelled out as the role of a function',
      type: FUNCTION,
      path: 'Properties.Role',
      value: { 'Fn::Sub': `arn:\${AWS::Partition}:sqs:\${AWS::Region}:\${AWS::AccountId}:jobs` },
    },
    {
      what: 'a function as a dead-letter queue',
      type: FUNCTION,
      path: 'Properties.DeadLetterConfig',
      value: (idOf) => ({ TargetArn: { 'Fn::GetAtt': [idOf(FUNCTION), 'Arn'] } }),
    },
    {
      what: 'a topic as the dead-letter queue of a queue',
      type: QUEUE,
      id: 'AccessJobsQueue',
      path: 'Properties.RedrivePolicy.deadLetterTargetArn',
      value: refOf('AWS::SNS::Topic'),
    },
    {
      what: 'the URL of a dead-letter queue for its ARN',
      type: QUEUE,
      id: 'AccessJobsQueue',
      path: 'Properties.RedrivePolicy.deadLetterTargetArn',
      value: refOf(QUEUE, 'DeadLetters'),
    },
    {
      what: 'a queue as the consumer of a queue',
      type: MAPPING,
      path: 'Properties.FunctionName',
      value: refOf(QUEUE),
    },
    {
      what: 'a function as the source of jobs',
      type: MAPPING,
      path: 'Properties.EventSourceArn',
      value: arnOf(FUNCTION),
    },
    {
      what: 'a table for its stream',
      type: MAPPING,
      path: 'Properties.EventSourceArn',
      value: arnOf('AWS::DynamoDB::Table'),
    },
    {
      what: 'a queue as the authorizer',
      type: 'AWS::ApiGateway::Authorizer',
      path: 'Properties.AuthorizerUri',
      value: (idOf) => ({
        'Fn::Sub': `arn:\${AWS::Partition}:apigateway:\${AWS::Region}:lambda:path/2015-03-31/functions/\${${idOf(QUEUE)}.Arn}/invocations`,
      }),
    },
    {
      what: 'a role as the key of a table',
      type: 'AWS::DynamoDB::Table',
      path: 'Properties.SSESpecification.KMSMasterKeyId',
      value: arnOf(ROLE),
    },
    {
      what: 'a log group as the target of a schedule',
      type: RULE,
      path: 'Properties.Targets.0.Arn',
      value: refOf('AWS::Logs::LogGroup'),
    },
    {
      what: 'a queue as what alarms tell',
      type: 'AWS::CloudWatch::Alarm',
      path: 'Properties.AlarmActions.0',
      value: arnOf(QUEUE),
    },
    {
      what: 'an API for its stage behind the firewall',
      type: 'AWS::WAFv2::WebACLAssociation',
      path: 'Properties.ResourceArn',
      value: (idOf) => ({
        'Fn::Join': [
          '',
          ['arn:aws:apigateway:eu-central-1::/restapis/', { Ref: idOf('AWS::ApiGateway::RestApi') }],
        ],
      }),
    },
    {
      what: 'a bucket for the log group of the API',
      type: 'AWS::ApiGateway::Stage',
      path: 'Properties.AccessLogSetting.DestinationArn',
      value: arnOf('AWS::S3::Bucket'),
    },
  ],
};
