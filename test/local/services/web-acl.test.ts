import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetWebACLForResourceCommand, ListWebACLsCommand, WAFV2Client } from '@aws-sdk/client-wafv2';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createAuthorizer } from '../../../local/iam/authorizer.ts';
import { type RunningServices, startServices } from '../../../local/services/start-services.ts';

const acl = {
  resourceArn: 'arn:aws:apigateway:us-east-1::/restapis/api/stages/main',
  arn: 'arn:aws:wafv2:us-east-1:000000000000:regional/webacl/Door/1',
  id: '1',
  name: 'Door',
};
const other = 'arn:aws:apigateway:us-east-1::/restapis/api/stages/other';

const role = (...statements: [action: string, ...resources: string[]][]) => [
  {
    Version: '2012-10-17' as const,
    Statement: statements.map(([Action, ...Resource]) => ({ Effect: 'Allow' as const, Action, Resource })),
  },
];
const reads = [
  ['wafv2:GetWebACLForResource', acl.resourceArn, other, acl.arn],
  ['wafv2:GetWebACL', acl.arn],
] as const;

let folder: string;
let services: RunningServices;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sallyport-waf-'));
  services = await startServices({
    port: 0,
    folder,
    buckets: [],
    keyIds: [],
    eventBuses: [],
    queues: [],
    webAcls: [acl],
    authorize: createAuthorizer(
      new Map([
        ['Reader', role([...reads[0]], [...reads[1]])],
        ['WithoutAcl', role([...reads[0]])],
        ['WithoutStage', role(['wafv2:GetWebACLForResource', acl.arn], [...reads[1]])],
      ]),
    ),
  });
});
afterAll(async () => {
  await services.close();
  await rm(folder, { recursive: true });
});

const as = (accessKeyId: string) =>
  new WAFV2Client({
    endpoint: services.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId, secretAccessKey: 'unused' },
    maxAttempts: 1,
  });
const get = (who: string, ResourceArn = acl.resourceArn) =>
  as(who).send(new GetWebACLForResourceCommand({ ResourceArn }));

describe('the local AWS WAF', () => {
  it('says which web ACL stands before a stage', async () => {
    expect((await get('Reader')).WebACL).toMatchObject({ ARN: acl.arn, Id: '1', Name: 'Door' });
  });

  it('says nothing of a stage that has none', async () => {
    expect((await get('Reader', other)).WebACL).toBeUndefined();
  });

  it.each(['WithoutAcl', 'WithoutStage'])('refuses a role %s', async (who) => {
    await expect(get(who)).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });

  it('has no other operation', async () => {
    await expect(as('Reader').send(new ListWebACLsCommand({ Scope: 'REGIONAL' }))).rejects.toThrow(
      'does not support the operation ListWebACLs',
    );
  });
});
