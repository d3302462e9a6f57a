const STREAMING_HANDLER = `exports.handler = awslambda.streamifyResponse(async (event, stream) => {
  const answer = awslambda.HttpResponseStream.from(stream, { statusCode: 200 });
  answer.write('streamed');
  answer.end();
});`;

const join = (...parts: unknown[]) => ({ 'Fn::Join': ['', parts] });

/** A streaming function behind a REST API. */
export const STREAMING = {
  Resources: {
    Role: {
      Type: 'AWS::IAM::Role',
      Properties: {
        AssumeRolePolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
          ],
        },
      },
    },
    Function: {
      Type: 'AWS::Lambda::Function',
      Properties: {
        Runtime: 'nodejs24.x',
        Handler: 'index.handler',
        Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
        Code: { ZipFile: STREAMING_HANDLER },
      },
    },
    Api: { Type: 'AWS::ApiGateway::RestApi', Properties: { Name: 'Trial' } },
    Method: {
      Type: 'AWS::ApiGateway::Method',
      Properties: {
        RestApiId: { Ref: 'Api' },
        ResourceId: { 'Fn::GetAtt': ['Api', 'RootResourceId'] },
        HttpMethod: 'GET',
        AuthorizationType: 'NONE',
        Integration: {
          Type: 'AWS_PROXY',
          IntegrationHttpMethod: 'POST',
          ResponseTransferMode: 'STREAM',
          Uri: join(
            'arn:aws:apigateway:us-east-1:lambda:path/2021-11-15/functions/',
            { 'Fn::GetAtt': ['Function', 'Arn'] },
            '/response-streaming-invocations',
          ),
        },
      },
    },
    Deployment: {
      Type: 'AWS::ApiGateway::Deployment',
      DependsOn: 'Method',
      Properties: { RestApiId: { Ref: 'Api' }, StageName: 'main' },
    },
  },
  Outputs: { Api: { Value: { Ref: 'Api' } } },
};

/** A user pool's URL. */
export const PROVIDER_URL = {
  Resources: { Pool: { Type: 'AWS::Cognito::UserPool' } },
  Outputs: { Url: { Value: { 'Fn::GetAtt': ['Pool', 'ProviderURL'] } } },
};

/** A distribution in front of a host name of AWS's. */
export const distributionOf = (host: string) => ({
  Resources: {
    Distribution: {
      Type: 'AWS::CloudFront::Distribution',
      Properties: {
        DistributionConfig: {
          Enabled: true,
          Origins: [
            { Id: 'api', DomainName: host, CustomOriginConfig: { OriginProtocolPolicy: 'https-only' } },
          ],
          DefaultCacheBehavior: {
            TargetOriginId: 'api',
            ViewerProtocolPolicy: 'allow-all',
            ForwardedValues: { QueryString: false },
          },
        },
      },
    },
  },
  Outputs: { Host: { Value: { 'Fn::GetAtt': ['Distribution', 'DomainName'] } } },
});

/** What a function at the edge begins with to name the host of the origin. */
export const EDGE_MODULE = "import cf from 'cloudfront';";

/** The same distribution behind a function at the edge that has a module. */
export function distributionWithModule(host: string) {
  const { Resources, Outputs } = distributionOf(host);
  const { DistributionConfig } = Resources.Distribution.Properties;
  const FunctionAssociations = [
    { EventType: 'viewer-request', FunctionARN: { 'Fn::GetAtt': ['Edge', 'FunctionARN'] } },
  ];
  const DefaultCacheBehavior = { ...DistributionConfig.DefaultCacheBehavior, FunctionAssociations };
  return {
    Resources: {
      Edge: {
        Type: 'AWS::CloudFront::Function',
        Properties: {
          Name: 'Trial',
          AutoPublish: true,
          FunctionConfig: { Comment: 'Trial', Runtime: 'cloudfront-js-2.0' },
          FunctionCode: `${EDGE_MODULE} function handler(event) { return event.request; }`,
        },
      },
      Distribution: {
        ...Resources.Distribution,
        Properties: { DistributionConfig: { ...DistributionConfig, DefaultCacheBehavior } },
      },
    },
    Outputs,
  };
}

/** An alarm on a formula. */
export const METRIC_MATH = {
  Resources: {
    Alarm: {
      Type: 'AWS::CloudWatch::Alarm',
      Properties: {
        ComparisonOperator: 'GreaterThanThreshold',
        EvaluationPeriods: 1,
        Threshold: 1,
        Metrics: [
          { Id: 'twice', Expression: 'one * 2' },
          {
            Id: 'one',
            ReturnData: false,
            MetricStat: { Metric: { Namespace: 'Trial', MetricName: 'One' }, Period: 60, Stat: 'Sum' },
          },
        ],
      },
    },
  },
};

/** Resources of these types, with nothing said about them. */
export const ofTypes = (types: readonly string[]) => ({
  Resources: Object.fromEntries(types.map((Type, index) => [`Resource${index}`, { Type }])),
});
