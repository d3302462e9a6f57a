import { deepStrictEqual, match, notDeepStrictEqual, ok } from 'node:assert/strict';
import type { Assembly, Cdk } from './cdk.ts';
import type { Checks } from './checks.ts';
import { ADDED_ORIGIN } from './configuration.ts';
import { callTool, type Deployed, type Journey } from './journey.ts';
import { auditOf } from './records.ts';
import { DeployedStack } from './stack.ts';

/** Whether a page of another origin may call the portal. */
async function mayCall(origin: string, page: string): Promise<boolean> {
  const headers = { origin: page, 'access-control-request-method': 'POST' };
  const answer = await fetch(new URL('/mcp', origin), { method: 'OPTIONS', headers });
  return answer.headers.get('access-control-allow-origin') === page;
}

const STATEFUL = ['AWS::DynamoDB::Table', 'AWS::Cognito::UserPool', 'AWS::KMS::Key', 'AWS::S3::Bucket'];

/** Deploys the changed stack over the first; what people have and what they are signed in to stays. */
export async function updateInPlace(
  checks: Checks,
  cdk: Cdk,
  assembly: Assembly,
  { emulator, origin, stack }: Deployed,
  { owner, client }: Journey,
): Promise<void> {
  const before = await auditOf(owner);
  await checks.check('before the update a page that is not known may not call the portal', async () =>
    ok(!(await mayCall(origin, ADDED_ORIGIN))),
  );
  await checks.require('cdk deploy of a changed configuration, over it', () => cdk.deploy(assembly));
  const updated = await DeployedStack.read(emulator);
  await checks.check('no table, user pool, key or bucket was replaced', async () => {
    for (const type of STATEFUL) deepStrictEqual(updated.physicalIds(type), stack.physicalIds(type));
  });
  await checks.check('the new versions of the functions are what answers', async () => {
    ok(await mayCall(origin, ADDED_ORIGIN));
    notDeepStrictEqual(
      updated.physicalIds('AWS::Lambda::Version'),
      stack.physicalIds('AWS::Lambda::Version'),
    );
  });
  await checks.check('the client calls a tool with the token it had', () => callTool(client));
  await checks.check('the owner is still signed in, and sees the configuration as it was', async () => {
    match(await owner.run('get', 'servers'), /hr/);
  });
  await checks.check('the audit still holds what it held', async () => {
    const after = new Set((await auditOf(owner)).map(({ id }) => id));
    deepStrictEqual(
      before.filter(({ id }) => !after.has(id)),
      [],
    );
  });
  await checks.check('cdk diff finds no difference after the update', () =>
    cdk.requireNoDifference(assembly),
  );
}
