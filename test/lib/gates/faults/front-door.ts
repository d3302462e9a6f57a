import type { Faults } from './fault.ts';

const METHOD = 'AWS::ApiGateway::Method';
const ACL = 'AWS::WAFv2::WebACL';
const MCP = 'mcpPOST';
const CONSOLE = 'consoleproxyANY';

const invocation = (version: string, id: string, end: string) => ({
  'Fn::Join': [
    '',
    [
      'arn:',
      { Ref: 'AWS::Partition' },
      ':apigateway:',
      { Ref: 'AWS::Region' },
      `:lambda:path/${version}/functions/`,
      { Ref: id },
      `/${end}`,
    ],
  ],
});

const managedRules = (Name: string, rest = {}) => ({
  Name: 'Managed',
  Priority: 90,
  Statement: { ManagedRuleGroupStatement: { VendorName: 'AWS', Name, ...rest } },
  OverrideAction: { None: {} },
});

/** Faults of the API and its firewall. */
export const FRONT_DOOR: Faults = {
  'integration-timeout': [
    {
      what: 'a buffered answer after more than 29 s',
      type: METHOD,
      id: CONSOLE,
      path: 'Properties.Integration.TimeoutInMillis',
      value: 60_000,
    },
    {
      what: 'a streamed answer after more than 15 minutes',
      type: METHOD,
      id: MCP,
      path: 'Properties.Integration.TimeoutInMillis',
      value: 900_001,
    },
  ],
  'integration-uri': [
    {
      what: 'a streamed answer by the buffered URI',
      type: METHOD,
      id: MCP,
      path: 'Properties.Integration.Uri',
      value: (idOf) => invocation('2015-03-31', idOf('AWS::Lambda::Alias', 'Relay'), 'invocations'),
    },
    {
      what: 'a buffered answer by the streaming URI',
      type: METHOD,
      id: CONSOLE,
      path: 'Properties.Integration.Uri',
      value: (idOf) =>
        invocation('2021-11-15', idOf('AWS::Lambda::Alias', 'Pages'), 'response-streaming-invocations'),
    },
    {
      what: 'a streaming URI of the version before streaming',
      type: METHOD,
      id: MCP,
      path: 'Properties.Integration.Uri',
      value: (idOf) =>
        invocation('2015-03-31', idOf('AWS::Lambda::Alias', 'Relay'), 'response-streaming-invocations'),
    },
    {
      what: 'a URI that cannot be read',
      type: METHOD,
      id: MCP,
      path: 'Properties.Integration.Uri',
      value: { 'Fn::ImportValue': 'relay' },
    },
  ],
  'firewall-priority': [
    { what: 'two rules of one priority', type: ACL, path: 'Properties.Rules.1.Priority', value: 0 },
    {
      what: 'two rules of one name',
      type: ACL,
      path: 'Properties.Rules.2.Name',
      value: 'RequestRate',
    },
  ],
  'firewall-content': [
    {
      what: 'AWS’s common rules blocking everywhere',
      type: ACL,
      path: 'Properties.Rules.+',
      value: managedRules('AWSManagedRulesCommonRuleSet'),
    },
    {
      what: 'AWS’s common rules with all that block today set to count: AWS may add others',
      type: ACL,
      path: 'Properties.Rules.+',
      value: managedRules('AWSManagedRulesCommonRuleSet', {
        RuleActionOverrides: [{ Name: 'SizeRestrictions_BODY', ActionToUse: { Count: {} } }],
      }),
    },
    {
      what: 'a list of hosting providers, where vendors’ clients are',
      type: ACL,
      path: 'Properties.Rules.+',
      value: managedRules('AWSManagedRulesAnonymousIpList'),
    },
    {
      what: 'a limit on the size of bodies',
      type: ACL,
      path: 'Properties.Rules.+',
      value: {
        Name: 'Size',
        Priority: 90,
        Statement: {
          SizeConstraintStatement: { FieldToMatch: { Body: {} }, ComparisonOperator: 'GT', Size: 8192 },
        },
        Action: { Block: {} },
      },
    },
    {
      what: 'labelled requests blocked on every path',
      type: ACL,
      path: 'Properties.Rules.4.Statement',
      value: { LabelMatchStatement: { Scope: 'NAMESPACE', Key: 'awswaf:managed:aws:core-rule-set:' } },
    },
    {
      what: 'the group that only labelled blocking',
      type: ACL,
      path: 'Properties.Rules.2.OverrideAction',
      value: { None: {} },
    },
    {
      what: 'a firewall that turns away what no rule allows',
      type: ACL,
      path: 'Properties.DefaultAction',
      value: { Block: {} },
    },
  ],
};
