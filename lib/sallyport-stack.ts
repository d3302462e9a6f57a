import { CfnOutput, Stack, Tags } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { Access } from './access.ts';
import { Admin } from './admin.ts';
import { Audit } from './audit.ts';
import type { EnvironmentConfiguration } from './configuration.ts';
import { Console } from './console.ts';
import { Dispatch } from './dispatch.ts';
import { Foundation } from './foundation.ts';
import { FrontDoor } from './front-door.ts';
import { Portal } from './portal.ts';

/** One deployment of Sallyport. */
export class SallyportStack extends Stack {
  constructor(scope: Construct, id: string, configuration: EnvironmentConfiguration) {
    super(scope, id, { description: 'Sallyport: one guarded door between AI clients and MCP servers' });
    const foundation = new Foundation(this, 'Foundation', configuration);
    const access = new Access(this, 'Access', foundation);
    const portal = new Portal(this, 'Portal', foundation);
    const console = new Console(this, 'Console', foundation);
    const admin = new Admin(this, 'Admin', foundation);
    const audit = new Audit(this, 'Audit', foundation);
    const dispatch = new Dispatch(this, 'Dispatch', foundation);
    dispatch.accessJobs.consumedBy(access.maintenance);
    dispatch.auditJobs.consumedBy(audit.sweep);
    const frontDoor = new FrontDoor(this, 'FrontDoor', {
      name: configuration.name,
      origin: configuration.origin,
      logRetention: foundation.logRetention,
      authorizer: access.authorizer,
      oauth: access.oauth,
      relay: portal.relay,
      relayTimeout: Portal.timeout,
      pages: console.pages,
      admin: admin.api,
    });
    new CfnOutput(this, 'McpUrl', {
      value: `${configuration.origin}/mcp`,
      description: 'What MCP clients connect to',
    });
    new CfnOutput(this, 'ApiHost', {
      value: frontDoor.host,
      description: 'The host to put the public origin in front of',
    });
    for (const [key, value] of Object.entries(configuration.tags)) Tags.of(this).add(key, value);
  }
}
