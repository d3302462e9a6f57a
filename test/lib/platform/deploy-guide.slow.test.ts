import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parseAllDocuments } from 'yaml';
import { loadConfiguration } from '../../../bin/configuration-file.ts';
import { costTable, inventoryOf } from '../../../bin/cost/monthly-cost.ts';
import { SCENARIOS } from '../../../bin/cost/scenarios.ts';
import { retainedBy } from '../../../bin/retained.ts';
import { parseDocument } from '../../../lambdas/shared/documents/parse-document.ts';
import { readConfiguration } from '../../../lib/configuration.ts';
import { type Resource, template } from '../template.ts';

const folder = join(import.meta.dirname, '../../../docs/guide');
const guide = readFileSync(join(folder, 'deploy.md'), 'utf8');
const fences = (language: string) =>
  [...guide.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'))].map(
    ([, text = '']) => text,
  );
const resources = Object.values(template().toJSON().Resources as Record<string, Resource>);

interface Policy {
  Statement: { Sid: string; Action: string | string[]; Condition?: object }[];
}
const policy = (name: string) =>
  JSON.parse(readFileSync(join(folder, 'deploy', `${name}.json`), 'utf8')) as Policy;
const actionsOf = ({ Statement }: Policy) => Statement.flatMap(({ Action }) => Action);

/** What the policies of all roles allow, of those that AWS services assume too. */
const used = new Set(
  resources
    .filter(({ Type }) => Type === 'AWS::IAM::Policy')
    .flatMap(({ Properties }) => (Properties.PolicyDocument as Policy).Statement)
    .flatMap(({ Action }) => Action),
);

/** The IAM prefix of a CloudFormation type, where it is not the lower-case name of its service. */
const PREFIXES: Readonly<Record<string, string>> = { cognito: 'cognito-idp' };
const prefixOf = (type: string) => {
  const service = (type.split('::')[1] ?? '').toLowerCase();
  return PREFIXES[service] ?? service;
};

describe('the deployment guide', () => {
  it.each(fences('ts').filter((text) => text.includes('export default')))(
    'shows configurations that are valid: %#',
    async (text) => {
      const place = mkdtempSync(join(tmpdir(), 'sallyport-guide-'));
      try {
        writeFileSync(join(place, 'sallyport.config.mjs'), text);
        const { input, source } = await loadConfiguration(join(place, 'sallyport.config.mjs'));
        const { environments } = input as { environments: object };
        for (const name of Object.keys(environments)) {
          expect(readConfiguration(input, name, {}, source).name).toMatch(/^Acme/);
        }
      } finally {
        rmSync(place, { recursive: true, force: true });
      }
    },
  );

  it('shows documents that are valid', () => {
    const shown = fences('yaml').flatMap((text) => parseAllDocuments(text).map((part) => part.toJS()));
    const kinds = shown.map((part, index) => parseDocument(part, `document ${index}`).kind);
    expect(kinds).toEqual(['Policy', 'Server', 'Portal']);
  });

  it('lists the outputs that there are', () => {
    const table = guide.slice(guide.indexOf('| output '), guide.indexOf('Confirm the e-mails'));
    const listed = [...table.matchAll(/^\| `(\w+)`/gm)].map(([, name = '']) => name);
    expect(listed.sort()).toEqual(Object.keys(template().toJSON().Outputs).sort());
  });

  it('shows the costs that the formula gives for what the template makes: "npm run cost -- --write"', () => {
    expect(guide).toContain(`\n${costTable(inventoryOf(resources), SCENARIOS)}\n`);
  });

  it('gives CloudFormation the services that the template is made of', () => {
    const allowed = new Set(actionsOf(policy('execution-policy')).map((action) => action.split(':')[0]));
    const types = [...new Set(resources.map(({ Type }) => prefixOf(Type)))];
    expect(types.filter((service) => !allowed.has(service))).toEqual([]);
    // By configuration: a domain, a budget, a network; and the bootstrap's own parameter.
    const byChoice = ['acm', 'route53', 'budgets', 'ec2', 'ssm'];
    expect([...allowed].filter((s) => s && !types.includes(s) && !byChoice.includes(s))).toEqual([]);
  });

  it('has a permissions boundary in which every role can do what its policy says, and no more', () => {
    const boundary = actionsOf(policy('permissions-boundary'));
    const covers = (allowed: string, action: string) =>
      allowed === action || (allowed.endsWith('*') && action.startsWith(allowed.slice(0, -1)));
    expect([...used].filter((action) => !boundary.some((allowed) => covers(allowed, action)))).toEqual([]);
    expect(
      boundary.filter(
        (allowed) => !allowed.startsWith('ec2:') && ![...used].some((action) => covers(allowed, action)),
      ),
    ).toEqual([]);
  });

  it('has a key policy that lets the roles do what they do with keys', () => {
    const [roles, cloudFormation] = policy('key-policy').Statement;
    expect([...used].filter((action) => action.startsWith('kms:')).sort()).toEqual(roles?.Action);
    expect(cloudFormation?.Action).toContain('kms:CreateGrant');
  });

  it('links to nothing that is missing', () => {
    const files = readdirSync(folder, { recursive: true }).map(String);
    for (const [, target = ''] of guide.matchAll(/\]\((?!https?:|\.\.\/|#)([^)#]+)/g)) {
      expect(files).toContain(target);
    }
  });
});

describe('what outlives its stack', () => {
  const events = (status: string) =>
    [
      { LogicalResourceId: 'Table', PhysicalResourceId: 'acme-table', ResourceType: 'AWS::DynamoDB::Table' },
      { LogicalResourceId: 'Key', PhysicalResourceId: '1234abcd', ResourceType: 'AWS::KMS::Key' },
      {
        LogicalResourceId: 'Account',
        PhysicalResourceId: 'Account',
        ResourceType: 'AWS::ApiGateway::Account',
      },
    ].map((event) => ({ ...event, ResourceStatus: status }));

  it('is read from the events of the deletion, as cdk import takes it', () => {
    const said = { StackEvents: [...events('DELETE_SKIPPED'), ...events('CREATE_COMPLETE')] };
    expect(retainedBy(said)).toEqual({ Table: { TableName: 'acme-table' }, Key: { KeyId: '1234abcd' } });
    expect(retainedBy({ StackEvents: events('DELETE_COMPLETE') })).toEqual({});
  });

  it('refers to nothing that does not, so that it can be imported before the rest is there', () => {
    const made = template('embedded').toJSON().Resources as Record<string, Resource>;
    const retained = Object.entries(made).filter(
      ([, { DeletionPolicy, Type }]) => DeletionPolicy === 'Retain' && Type !== 'AWS::Lambda::Version',
    );
    expect(retained.map(([, { Type }]) => Type)).toContain('AWS::Cognito::UserPool');
    for (const [id, resource] of retained) {
      const text = JSON.stringify(resource);
      const named = [...text.matchAll(/"(?:Ref":|Fn::GetAtt":\[)"([^"]+)"/g)].map(([, name = '']) => name);
      const gone = named.filter((name) => made[name] && !retained.some(([kept]) => kept === name));
      expect({ id, gone }).toEqual({ id, gone: [] });
    }
  });
});
