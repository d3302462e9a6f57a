import { describe, expect, it } from '@jest/globals';
import { kindNames } from '../../lambdas/shared/documents/kinds.ts';
import { resourcesOf, statements, template, withoutScope } from './template.ts';

const production = template();
const all = statements(production);
const onTable = (name: string, role?: string) =>
  all.filter(
    (s) =>
      s.actions.some((action) => action.startsWith('dynamodb:')) &&
      s.resources.some((resource) => resource.includes(`Tables${name}`)) &&
      (role === undefined || s.role.startsWith(role)),
  );
const actions = (name: string, role?: string) => new Set(onTable(name, role).flatMap((s) => s.actions));

describe('what the functions may do', () => {
  it('gives each function a role of its own', () => {
    const roles = resourcesOf(production, 'AWS::Lambda::Function').map(([, f]) =>
      JSON.stringify(f.Properties.Role),
    );
    expect(roles.length).toBeGreaterThanOrEqual(5);
    expect(new Set(roles).size).toBe(roles.length);
  });

  it('has no wildcard action, no wildcard resource and no managed policy on a function', () => {
    expect(all.length).toBeGreaterThan(15);
    for (const statement of all) {
      expect(statement.effect).toBe('Allow');
      for (const action of statement.actions) expect(action).not.toContain('*');
      for (const resource of statement.resources) expect(resource).not.toBe('"*"');
    }
    const functionRoles = new Set(all.map((statement) => statement.role));
    for (const [id, role] of resourcesOf(production, 'AWS::IAM::Role')) {
      if (functionRoles.has(withoutScope(id))) expect(role.Properties.ManagedPolicyArns).toBeUndefined();
    }
  });

  it('lets nobody scan a table', () => {
    expect(all.flatMap((s) => s.actions)).not.toContain('dynamodb:Scan');
  });

  it('lets nobody update or delete an audit record or a payload', () => {
    for (const [table, write] of [
      ['Audit', 'dynamodb:PutItem'],
      ['Payloads', 'dynamodb:PutItem'],
    ] as const) {
      expect(actions(table).has(write)).toBe(true);
      expect(actions(table).has('dynamodb:UpdateItem')).toBe(false);
      expect(actions(table).has('dynamodb:DeleteItem')).toBe(false);
      // A batch may delete too.
      expect(actions(table).has('dynamodb:BatchWriteItem')).toBe(false);
    }
  });

  it('lets no function read payloads', () => {
    expect(actions('Payloads').has('dynamodb:GetItem')).toBe(false);
    expect(actions('Payloads').has('dynamodb:Query')).toBe(false);
  });

  it('keeps the signing key to the provider', () => {
    for (const statement of onTable('Vault')) {
      const partitions = statement.conditions['ForAllValues:StringLike']?.['dynamodb:LeadingKeys'];
      expect(partitions).toBeDefined();
      if (!/^Access(?:Oauth|Maintenance)/.test(statement.role))
        expect(JSON.stringify(partitions)).not.toContain('signing-key');
    }
    const cryptography = all.filter(
      (s) => s.actions.includes('kms:Decrypt') && !('kms:ViaService' in (s.conditions.StringEquals ?? {})),
    );
    expect(cryptography.map((s) => s.role).sort()).toEqual([
      expect.stringMatching(/^AccessMaintenance/),
      expect.stringMatching(/^AccessOauth/),
    ]);
    for (const { conditions } of cryptography)
      expect(conditions).toEqual({ StringEquals: { 'kms:EncryptionContext:purpose': 'signing-key' } });
  });

  it('lets the admin API change of identities only what it decides about', () => {
    const changing = onTable('Identity', 'AdminApi').filter((s) =>
      s.actions.some((action) => /:(?:Put|Update|Delete)Item$/.test(action)),
    );
    const partitions = changing.flatMap(
      (s) => s.conditions['ForAllValues:StringLike']?.['dynamodb:LeadingKeys'] ?? ['*'],
    );
    expect(partitions).toContain('ClientReview');
    for (const foreign of ['*', 'Client#*', 'Person#*', 'Jwks#*', 'RefreshToken#*', 'AuthorizationCode#*'])
      expect(partitions).not.toContain(foreign);
  });

  it('lets the admin API alone make and end secrets of service tokens, and the door alone read their documents', () => {
    const naming = (table: string, partition: string) =>
      onTable(table).filter((s) => JSON.stringify(s.conditions).includes(`"${partition}"`));
    const onSecrets = naming('Identity', 'ServiceTokenSecrets#*').map((s) => [s.role, s.actions]);
    expect(onSecrets.filter(([, operations]) => String(operations) !== 'dynamodb:GetItem')).toEqual([
      [expect.stringMatching(/^AdminApi/), ['dynamodb:PutItem', 'dynamodb:DeleteItem']],
    ]);
    const readers = naming('Policies', 'ServiceToken#*');
    expect(readers.map((s) => s.role).toSorted()).toEqual([
      expect.stringMatching(/^AccessAuthorizer/),
      expect.stringMatching(/^AccessOauth/),
      // Which puts portals together from all documents, as the admin API does.
      expect.stringMatching(/^MigrationsMigrate/),
      expect.stringMatching(/^PortalRelay/),
    ]);
    for (const { actions: operations } of readers) expect(operations).toEqual(['dynamodb:GetItem']);
  });

  it.each([
    ['AccessAuthorizer', []],
    ['PortalRelay', ['Devices#*', 'Risk#*', 'Taints#*']],
  ])(
    'lets %s read of identities what stands behind a token and what policies look at, and no sign-in that is under way',
    (role, evidence) => {
      const read = onTable('Identity', role)
        .filter((s) => s.actions.includes('dynamodb:GetItem'))
        .flatMap((s) => s.conditions['ForAllValues:StringLike']?.['dynamodb:LeadingKeys'] ?? ['*']);
      expect(new Set(read)).toEqual(
        new Set([
          'AccessSession#*',
          'Grant#*',
          'Jwks#*',
          'Person#*',
          'Revocations#*',
          'ServiceTokenSecrets#*',
          ...evidence,
        ]),
      );
    },
  );

  it('lets the page of people end sessions and meet conditions, and change nothing else of identities', () => {
    const partitionsOf = (operation: string): string[] =>
      onTable('Identity', 'ConsolePages')
        .filter((s) => s.actions.includes(`dynamodb:${operation}`))
        .flatMap((s) => s.conditions['ForAllValues:StringLike']?.['dynamodb:LeadingKeys'] ?? ['*'])
        .map(String)
        .toSorted();
    const own = ['ConsoleSession#*', 'ConsoleSignIn#*'];
    expect(partitionsOf('DeleteItem')).toEqual(['AccessSession#*', ...own, 'Grant#*', 'RemedyLink#*']);
    expect(partitionsOf('PutItem')).toEqual(['ApprovalRequests', ...own, 'Fulfilled#*']);
    expect(partitionsOf('UpdateItem')).toEqual(['Revocations#p_*']);
    expect(partitionsOf('Query')).toEqual(['p_*']);
  });

  it('lets migrations read every kind of document, since portals are put together from all of them', () => {
    const read = onTable('Policies', 'MigrationsMigrate').flatMap(
      (s) => s.conditions['ForAllValues:StringLike']?.['dynamodb:LeadingKeys'] ?? [],
    );
    expect(read).toEqual(expect.arrayContaining(kindNames.flatMap((kind) => [kind, `${kind}#*`])));
  });

  it('lets maintenance publish keys and decide about applications, and nothing else of identities', () => {
    const touched = onTable('Identity', 'AccessMaintenance').flatMap(
      (s) => s.conditions['ForAllValues:StringLike']?.['dynamodb:LeadingKeys'] ?? ['*'],
    );
    expect(new Set(touched)).toEqual(new Set(['Jwks#*', 'ClientReview']));
  });

  it('keeps the relay from changing identities and configuration: it notes proofs, reads and questions alone', () => {
    const writing = onTable('Identity', 'PortalRelay').filter((s) => !s.actions.includes('dynamodb:GetItem'));
    const on = (...partitions: string[]) => ({
      'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': partitions },
    });
    expect(writing.map((s) => [s.actions, s.conditions])).toEqual([
      [['dynamodb:PutItem'], on('DpopProof#*')],
      [['dynamodb:UpdateItem'], on('Taints#*')],
      [['dynamodb:Query'], on('Approvals#*', 'Fulfilled#*')],
      [['dynamodb:PutItem'], on('AssertionKeys', 'RemedyLink#*')],
    ]);
    expect(actions('Policies', 'PortalRelay')).toEqual(new Set(['dynamodb:GetItem']));
  });

  it('lets the admin API read alarms and the web ACL of its stage, and nobody change them', () => {
    const watching = all.filter((s) => s.actions.some((action) => /^(?:cloudwatch|wafv2):/.test(action)));
    const byAdmin = watching.filter((s) => s.role.startsWith('AdminApi'));
    expect(byAdmin.map((s) => s.actions)).toEqual([
      ['cloudwatch:DescribeAlarms'],
      ['wafv2:GetWebACLForResource'],
      ['wafv2:GetWebACL'],
    ]);
    const [, stage, acl] = byAdmin.map((s) => s.resources);
    expect(stage).toEqual([expect.stringContaining('/stages/main'), ...(acl ?? [])]);
    expect(watching).toEqual(byAdmin);
  });
});
