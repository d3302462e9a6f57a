import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Deployment, readDeployment } from '../../../local/template/deployment.ts';

type Resources = Record<string, { Type: string; Properties?: object; Condition?: string }>;

const invocation = {
  'Fn::Sub': [
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the syntax of Fn::Sub
    'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${Arn}/invocations',
    { Arn: { 'Fn::GetAtt': ['Fn', 'Arn'] } },
  ],
};
const streaming = {
  'Fn::Sub':
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the syntax of Fn::Sub
    'arn:aws:apigateway:us-east-1:lambda:path/2021-11-15/functions/${Fn.Arn}/response-streaming-invocations',
};
const statement = (action: string) => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: action, Resource: { 'Fn::GetAtt': ['Table', 'Arn'] } }],
});
const method = (integration: object, more: object = {}) => ({
  Type: 'AWS::ApiGateway::Method',
  Properties: {
    RestApiId: { Ref: 'Api' },
    ResourceId: { Ref: 'Proxy' },
    HttpMethod: 'ANY',
    AuthorizationType: 'NONE',
    Integration: { Type: 'AWS_PROXY', IntegrationHttpMethod: 'POST', ...integration },
    ...more,
  },
});

const resources: Resources = {
  Table: {
    Type: 'AWS::DynamoDB::Table',
    Properties: {
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
    },
  },
  Role: {
    Type: 'AWS::IAM::Role',
    Properties: { Policies: [{ PolicyName: 'inline', PolicyDocument: statement('dynamodb:GetItem') }] },
  },
  Policy: {
    Type: 'AWS::IAM::Policy',
    Properties: { PolicyDocument: statement('dynamodb:PutItem'), Roles: [{ Ref: 'Role' }] },
  },
  Fn: {
    Type: 'AWS::Lambda::Function',
    Properties: {
      Code: { S3Key: 'abc.zip' },
      Handler: 'index.handler',
      Runtime: 'nodejs24.x',
      Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
      Timeout: 5,
      MemorySize: 256,
      Environment: { Variables: { TABLE: { Ref: 'Table' }, IDP: { 'Fn::GetAtt': ['Pool', 'ProviderURL'] } } },
    },
  },
  Api: { Type: 'AWS::ApiGateway::RestApi', Properties: { Name: 'api' } },
  Deployment: { Type: 'AWS::ApiGateway::Deployment' },
  Stage: {
    Type: 'AWS::ApiGateway::Stage',
    Properties: { StageName: 'live', DeploymentId: { Ref: 'Deployment' } },
  },
  Folder: {
    Type: 'AWS::ApiGateway::Resource',
    Properties: { ParentId: { 'Fn::GetAtt': ['Api', 'RootResourceId'] }, PathPart: 'folder' },
  },
  Proxy: {
    Type: 'AWS::ApiGateway::Resource',
    Properties: { ParentId: { Ref: 'Folder' }, PathPart: '{proxy+}' },
  },
  Any: method({ Uri: streaming, ResponseTransferMode: 'STREAM', TimeoutInMillis: 60_000 }),
  Root: method(
    { Uri: invocation },
    {
      ResourceId: { 'Fn::GetAtt': ['Api', 'RootResourceId'] },
      HttpMethod: 'GET',
      AuthorizationType: 'CUSTOM',
      AuthorizerId: { Ref: 'Authorizer' },
    },
  ),
  Authorizer: {
    Type: 'AWS::ApiGateway::Authorizer',
    Properties: {
      Type: 'REQUEST',
      AuthorizerUri: invocation,
      AuthorizerResultTtlInSeconds: 60,
      IdentitySource: 'method.request.header.Authorization',
    },
  },
  Challenge: {
    Type: 'AWS::ApiGateway::GatewayResponse',
    Properties: {
      ResponseType: 'UNAUTHORIZED',
      StatusCode: '401',
      ResponseParameters: { 'gatewayresponse.header.WWW-Authenticate': "'Bearer'" },
    },
  },
  Pool: { Type: 'AWS::Cognito::UserPool' },
  Client: {
    Type: 'AWS::Cognito::UserPoolClient',
    Properties: { GenerateSecret: false, CallbackURLs: ['http://127.0.0.1:8787/oauth/callback'] },
  },
  Bucket: { Type: 'AWS::S3::Bucket' },
  Key: { Type: 'AWS::KMS::Key' },
  Bus: { Type: 'AWS::Events::EventBus', Properties: { Name: 'events' } },
  Queue: {
    Type: 'AWS::SQS::Queue',
    Properties: {
      VisibilityTimeout: 60,
      RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': ['GivenUp', 'Arn'] }, maxReceiveCount: 3 },
    },
  },
  GivenUp: { Type: 'AWS::SQS::Queue' },
  Mapping: {
    Type: 'AWS::Lambda::EventSourceMapping',
    Properties: {
      BatchSize: 1,
      EventSourceArn: { 'Fn::GetAtt': ['Queue', 'Arn'] },
      FunctionName: { Ref: 'Live' },
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    },
  },
  Rule: {
    Type: 'AWS::Events::Rule',
    Properties: {
      ScheduleExpression: 'rate(5 minutes)',
      State: 'ENABLED',
      Targets: [{ Arn: { Ref: 'Live' }, Id: 'Target0' }],
    },
  },
  Version: { Type: 'AWS::Lambda::Version', Properties: { FunctionName: { Ref: 'Fn' } } },
  Live: {
    Type: 'AWS::Lambda::Alias',
    Properties: {
      FunctionName: { Ref: 'Fn' },
      FunctionVersion: { 'Fn::GetAtt': ['Version', 'Version'] },
      Name: 'live',
    },
  },
  Stream: { Type: 'AWS::Kinesis::Stream' },
};

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

function read(changes: Resources = {}): Deployment {
  const folder = mkdtempSync(join(tmpdir(), 'assembly-'));
  folders.push(folder);
  mkdirSync(join(folder, 'asset.abc'));
  const write = (name: string, content: object) => writeFileSync(join(folder, name), JSON.stringify(content));
  write('manifest.json', {
    artifacts: {
      Stack: { type: 'aws:cloudformation:stack', properties: { templateFile: 'Stack.template.json' } },
    },
  });
  write('Stack.template.json', { Resources: { ...resources, ...changes } });
  write('Stack.assets.json', {
    files: { abc: { source: { path: 'asset.abc' }, destinations: { here: { objectKey: 'abc.zip' } } } },
  });
  return readDeployment(folder, 'http://127.0.0.1:8789');
}

describe('the deployment read from a cloud assembly', () => {
  let deployment: Deployment;
  beforeAll(() => {
    deployment = read();
  });

  it('has the functions with their code, resolved environment and role', () => {
    expect(deployment.functions).toEqual([
      {
        logicalId: 'Fn',
        name: 'Fn',
        arn: 'arn:aws:lambda:us-east-1:000000000000:function:Fn',
        codeFolder: expect.stringMatching(/asset\.abc$/),
        handler: 'index.handler',
        environment: { TABLE: 'Table', IDP: deployment.userPool.issuer },
        timeoutSeconds: 5,
        memorySize: 256,
        role: 'Role',
        logGroup: '/aws/lambda/Fn',
      },
    ]);
  });

  it('gathers the policies of each role, inline and attached', () => {
    const arn = 'arn:aws:dynamodb:us-east-1:000000000000:table/Table';
    expect(deployment.policies.get('Role')).toMatchObject([
      { Statement: [{ Action: ['dynamodb:GetItem'], Resource: [arn] }] },
      { Statement: [{ Action: ['dynamodb:PutItem'], Resource: [arn] }] },
    ]);
  });

  it('has the REST API with paths, transfer modes, authorizer and gateway responses', () => {
    expect(deployment.api).toMatchObject({
      stage: 'live',
      methods: [
        {
          resourcePath: '/folder/{proxy+}',
          httpMethod: 'ANY',
          functionName: 'Fn',
          transferMode: 'STREAM',
          timeoutMilliseconds: 60_000,
          authorizer: undefined,
        },
        {
          resourcePath: '/',
          httpMethod: 'GET',
          functionName: 'Fn',
          transferMode: 'BUFFERED',
          timeoutMilliseconds: 29_000,
          authorizer: {
            functionName: 'Fn',
            identitySources: ['method.request.header.Authorization'],
            cacheSeconds: 60,
          },
        },
      ],
      gatewayResponses: [
        {
          responseType: 'UNAUTHORIZED',
          statusCode: 401,
          parameters: { 'gatewayresponse.header.WWW-Authenticate': "'Bearer'" },
        },
      ],
    });
  });

  it('has tables, user pool, bucket, key and event bus under stable names', () => {
    expect(deployment.tables.map(({ name }) => name)).toEqual(['Table']);
    expect(deployment.userPool.callbackUrls).toEqual(['http://127.0.0.1:8787/oauth/callback']);
    expect(deployment.buckets).toEqual(['bucket']);
    expect(deployment.eventBuses).toEqual(['events']);
    expect(read().keyIds).toEqual(deployment.keyIds);
    expect(read().userPool).toEqual(deployment.userPool);
  });

  it('knows who may sign in at the user pool: those it invites, or the people of its identity providers', () => {
    expect(deployment.userPool).toMatchObject({ native: true, providers: [], invited: [] });
    const provider = (ProviderName: string, AttributeMapping: object) => ({
      Type: 'AWS::Cognito::UserPoolIdentityProvider',
      Properties: { UserPoolId: { Ref: 'Pool' }, ProviderName, ProviderType: 'SAML', AttributeMapping },
    });
    const client = { GenerateSecret: false, CallbackURLs: [], SupportedIdentityProviders: [{ Ref: 'Okta' }] };
    const { userPool } = read({
      Client: { Type: 'AWS::Cognito::UserPoolClient', Properties: client },
      Okta: provider('okta', { email_verified: 'verified' }),
      Unused: provider('unused', {}),
      Owner: { Type: 'AWS::Cognito::UserPoolUser', Properties: { Username: 'dana@example.com' } },
    });
    expect(userPool).toMatchObject({
      native: false,
      providers: [{ name: 'okta', type: 'SAML', saysVerified: true }],
      invited: ['dana@example.com'],
    });
  });

  it('lists the types that do not run here', () => {
    expect(deployment.unsupported).toEqual(['AWS::Kinesis::Stream']);
  });

  it('has queues with their dead-letter queue, and the functions that take from them', () => {
    const arn = (name: string) => `arn:aws:sqs:us-east-1:000000000000:${name}`;
    const url = (name: string) => `https://sqs.us-east-1.amazonaws.com/000000000000/${name}`;
    expect(deployment.queues).toEqual([
      {
        name: 'Queue',
        url: url('Queue'),
        arn: arn('Queue'),
        visibilityTimeout: 60,
        deadLetters: { arn: arn('GivenUp'), maxReceiveCount: 3 },
      },
      {
        name: 'GivenUp',
        url: url('GivenUp'),
        arn: arn('GivenUp'),
        visibilityTimeout: 30,
        deadLetters: undefined,
      },
    ]);
    expect(deployment.eventSources).toEqual([
      { queueArn: arn('Queue'), functionName: 'Fn:live', role: 'Role' },
    ]);
  });

  it('has schedules with their rate', () => {
    expect(deployment.schedules).toEqual([
      {
        ruleArn: 'arn:aws:events:us-east-1:000000000000:rule/Rule',
        everyMilliseconds: 300_000,
        functionNames: ['Fn:live'],
      },
    ]);
  });
});

describe('a template that API Gateway or the embedded cloud cannot run is refused', () => {
  const refused = (changes: Resources) => expect(() => read(changes));
  it('STREAM with the buffered URI', () => {
    refused({ Any: method({ Uri: invocation, ResponseTransferMode: 'STREAM' }) }).toThrow(
      'Any must use ResponseTransferMode STREAM together with the response-streaming URI',
    );
  });
  it('the response-streaming URI without STREAM', () => {
    refused({ Any: method({ Uri: streaming }) }).toThrow('Any must use ResponseTransferMode STREAM');
  });
  it('an integration that is no Lambda proxy', () => {
    refused({ Any: method({ Type: 'HTTP', Uri: invocation }) }).toThrow('Any (AWS::ApiGateway::Method)');
    refused({ Any: method({ Uri: 'arn:aws:apigateway:us-east-1:lambda:path/x' }) }).toThrow(
      'Any has no Lambda invocation URI',
    );
  });
  it('an authorizer that is not there', () => {
    refused({ Any: method({ Uri: invocation }, { AuthorizationType: 'CUSTOM' }) }).toThrow(
      'Any names no authorizer',
    );
  });
  it('another runtime', () => {
    const properties = { ...resources.Fn?.Properties, Runtime: 'python3.13' };
    refused({ Fn: { Type: 'AWS::Lambda::Function', Properties: properties } }).toThrow(
      'Fn (AWS::Lambda::Function)',
    );
  });
  it('a user pool client with a secret', () => {
    const properties = { GenerateSecret: true, CallbackURLs: [] };
    refused({ Client: { Type: 'AWS::Cognito::UserPoolClient', Properties: properties } }).toThrow(
      'GenerateSecret',
    );
  });
  it.each(['cron(0 12 * * ? *)', 'rate(1 minutes)', 'rate(5 minute)', 'rate(0 minutes)', 'rate(10 seconds)'])(
    'the schedule %s',
    (ScheduleExpression) => {
      const properties = { ...resources.Rule?.Properties, ScheduleExpression };
      refused({ Rule: { Type: 'AWS::Events::Rule', Properties: properties } }).toThrow(
        `Rule has the schedule ${ScheduleExpression}; only rate(…) runs in the embedded cloud.`,
      );
    },
  );
  it('a rule that does something else than invoke its functions at a rate', () => {
    const rule = (more: object) => ({
      Rule: { Type: 'AWS::Events::Rule', Properties: { ...resources.Rule?.Properties, ...more } },
    });
    refused(rule({ EventPattern: { source: ['aws.s3'] } })).toThrow('EventPattern');
    refused(rule({ State: 'DISABLED' })).toThrow('State');
    refused(rule({ Targets: [{ Arn: 'arn:aws:sns:us-east-1:0:t', Id: 'T' }] })).toThrow(
      'Rule invokes arn:aws:sns:us-east-1:0:t, which is no function here',
    );
  });
  it('an event source mapping of another kind', () => {
    const mapping = (more: object) => ({
      Mapping: {
        Type: 'AWS::Lambda::EventSourceMapping',
        Properties: { ...resources.Mapping?.Properties, ...more },
      },
    });
    refused(mapping({ BatchSize: 10 })).toThrow('BatchSize');
    refused(mapping({ FunctionResponseTypes: [] })).toThrow('FunctionResponseTypes');
    refused(mapping({ EventSourceArn: { 'Fn::GetAtt': ['Table', 'Arn'] } })).toThrow('is no queue here');
  });
  it('a queue that shows a message again while its function is still at it', () => {
    const properties = { ...resources.Queue?.Properties, VisibilityTimeout: 4 };
    refused({ Queue: { Type: 'AWS::SQS::Queue', Properties: properties } }).toThrow(
      "Mapping: the queue's visibility timeout is below the function's timeout.",
    );
  });
  it('a queue with a property that has no meaning here', () => {
    refused({ Queue: { Type: 'AWS::SQS::Queue', Properties: { FifoQueue: true } } }).toThrow('FifoQueue');
  });
  it('a resource that depends on a condition', () => {
    refused({ Bucket: { Type: 'AWS::S3::Bucket', Condition: 'Sometimes' } }).toThrow(
      'Bucket depends on a condition',
    );
  });
});
