import { describe, expect, it } from '@jest/globals';
import { resourcesOf, statements, template } from './template.ts';

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
      if (functionRoles.has(id)) expect(role.Properties.ManagedPolicyArns).toBeUndefined();
    }
  });

  it('lets nobody scan a table', () => {
    expect(all.flatMap((s) => s.actions)).not.toContain('dynamodb:Scan');
  });

  it('lets nobody update or delete an audit record or a payload', () => {
    for (const table of ['Audit', 'Payloads']) {
      expect(actions(table).has('dynamodb:PutItem')).toBe(true);
      expect(actions(table).has('dynamodb:UpdateItem')).toBe(false);
      expect(actions(table).has('dynamodb:DeleteItem')).toBe(false);
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
      if (!statement.role.startsWith('AccessOauth'))
        expect(JSON.stringify(partitions)).not.toContain('signing-key');
    }
    const cryptography = all.filter(
      (s) => s.actions.includes('kms:Decrypt') && !('kms:ViaService' in (s.conditions.StringEquals ?? {})),
    );
    expect(cryptography.map((s) => s.role)).toEqual([expect.stringMatching(/^AccessOauth/)]);
    expect(cryptography[0]?.conditions).toEqual({
      StringEquals: { 'kms:EncryptionContext:purpose': 'signing-key' },
    });
  });

  it('keeps the relay from changing identities and configuration', () => {
    expect(actions('Identity', 'PortalRelay')).toEqual(new Set(['dynamodb:GetItem']));
    expect(actions('Policies', 'PortalRelay')).toEqual(new Set(['dynamodb:GetItem']));
  });
});
