import { describe, expect, it } from '@jest/globals';
import type { CloudAssembly, Json } from '../../../local/template/cloud-assembly.ts';
import { Resolver } from '../../../local/template/resolver.ts';

const assembly: CloudAssembly = {
  resources: {
    Table: { Type: 'AWS::DynamoDB::Table', Properties: {} },
    Named: { Type: 'AWS::DynamoDB::Table', Properties: { TableName: { 'Fn::Join': ['-', ['a', 'b']] } } },
    Function: { Type: 'AWS::Lambda::Function', Properties: {} },
    People: { Type: 'AWS::Cognito::UserPool', Properties: {} },
    Topic: { Type: 'AWS::Kinesis::Stream', Properties: {} },
  },
  parameters: { Size: { Default: '7' }, Unset: {} },
  assetFolder: () => undefined,
};
const resolver = new Resolver(assembly, 'http://127.0.0.1:8789');
const resolve = (value: Json) => resolver.resolve(value, 'Place');
/** A text of Fn::Sub, whose variables are written `<name>` here. */
const sub = (text: string) => text.replaceAll('<', '${').replaceAll('>', '}');

describe('an intrinsic function', () => {
  it.each<[string, Json, Json]>([
    ['Ref of a resource is its name', { Ref: 'Table' }, 'Table'],
    ['Ref of a named resource is that name', { Ref: 'Named' }, 'a-b'],
    ['Ref of a parameter is its default', { Ref: 'Size' }, '7'],
    [
      'pseudo parameters are those of the embedded cloud',
      [{ Ref: 'AWS::Region' }, { Ref: 'AWS::AccountId' }, { Ref: 'AWS::Partition' }],
      ['us-east-1', '000000000000', 'aws'],
    ],
    [
      'GetAtt is an attribute',
      { 'Fn::GetAtt': ['Named', 'Arn'] },
      'arn:aws:dynamodb:us-east-1:000000000000:table/a-b',
    ],
    ['Join', { 'Fn::Join': [':', ['a', { Ref: 'Table' }, 'c']] }, 'a:Table:c'],
    [
      'Split and Select',
      { 'Fn::Select': ['3', { 'Fn::Split': [':', { 'Fn::GetAtt': 'Function.Arn' }] }] },
      'us-east-1',
    ],
    [
      'Sub',
      { 'Fn::Sub': sub('<AWS::Region>/<Named.Arn>/<!kept>') },
      sub('us-east-1/arn:aws:dynamodb:us-east-1:000000000000:table/a-b/<kept>'),
    ],
    ['Sub with variables', { 'Fn::Sub': [sub('<a>-<Table>'), { a: { Ref: 'Size' } }] }, '7-Table'],
    [
      'everything else stays',
      { a: [1, true, null, { b: 'c', d: { Ref: 'Table' } }] },
      { a: [1, true, null, { b: 'c', d: 'Table' }] },
    ],
  ])('%s', (_, value, expected) => {
    expect(resolve(value)).toEqual(expected);
  });

  it('gives functions the embedded user pool as their identity provider', () => {
    const id = resolver.identity('People').name;
    expect(resolve({ Ref: 'People' })).toBe(id);
    expect(id).toMatch(/^us-east-1_[0-9a-z]+$/);
    expect(resolve({ 'Fn::GetAtt': ['People', 'ProviderURL'] })).toBe(`http://127.0.0.1:8789/${id}`);
  });

  it.each<[string, Json, string]>([
    ['a resource that is not there', { Ref: 'Nothing' }, 'there is no resource Nothing'],
    ['a resource that does not run here', { Ref: 'Topic' }, 'Topic (AWS::Kinesis::Stream) does not run'],
    [
      'an attribute that is not known',
      { 'Fn::GetAtt': ['Table', 'StreamArn'] },
      'Table has no attribute StreamArn',
    ],
    ['a parameter without a default', { Ref: 'Unset' }, 'the parameter Unset has no default'],
    ['a function that is not evaluated', { 'Fn::ImportValue': 'x' }, 'Fn::ImportValue is not evaluated'],
    ['an index out of range', { 'Fn::Select': [2, ['a', 'b']] }, 'Fn::Select has nothing at 2'],
    ['a malformed Join', { 'Fn::Join': ['-'] }, 'expected a pair'],
  ])('that cannot be resolved is an error that names the place: %s', (_, value, reason) => {
    expect(() => resolve({ deep: [value] })).toThrow(`cannot be resolved at Place: `);
    expect(() => resolve({ deep: [value] })).toThrow(reason);
  });
});
