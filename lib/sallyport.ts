import type { CfnOutput } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { Access } from './access.ts';
import { meetDemands, requireStackAsDemanded } from './account/demands.ts';
import { Admin } from './admin.ts';
import { watch } from './alarms/watch.ts';
import { Alarms } from './alarms.ts';
import { Audit } from './audit.ts';
import { Budget } from './budget.ts';
import { parseEnvironment, type SallyportProps } from './configuration.ts';
import { Console } from './console.ts';
import { Dispatch } from './dispatch.ts';
import { Foundation } from './foundation.ts';
import { FrontDoor } from './front-door.ts';
import { LiveDeployments } from './live-deployments.ts';
import { LOG_RETENTION } from './log-retention.ts';
import { Migrations } from './migrations.ts';
import { addOutputs } from './outputs.ts';
import { Portal } from './portal.ts';

/** One deployment of Sallyport, for a stack of one's own or somebody else's. */
export class Sallyport extends Construct {
  /** Where clients reach the deployment, and the OAuth issuer. */
  readonly origin: string;
  /** What people need to know of the deployment, by its id. */
  readonly outputs: readonly CfnOutput[];

  /** @throws Error listing every fault of the properties, and when the stack goes elsewhere than they say. */
  constructor(scope: Construct, id: string, props: SallyportProps) {
    super(scope, id);
    const configuration = parseEnvironment(props, `What ${this.node.path} was given`);
    requireStackAsDemanded(this, configuration);
    new LiveDeployments(this);
    const logRetention = LOG_RETENTION[configuration.logRetentionDays];
    const frontDoor = new FrontDoor(this, 'FrontDoor', configuration, logRetention);
    this.origin = frontDoor.origin;
    const foundation = new Foundation(this, 'Foundation', {
      configuration,
      origin: frontDoor.origin,
      originSecret: frontDoor.originSecret,
      certificateHost: frontDoor.certificateDomain?.host,
      logRetention,
    });
    const access = new Access(this, 'Access', foundation);
    const portal = new Portal(this, 'Portal', foundation);
    const console = new Console(this, 'Console', foundation);
    const admin = new Admin(this, 'Admin', foundation, frontDoor);
    const audit = new Audit(this, 'Audit', foundation);
    const migrations = new Migrations(this, 'Migrations', foundation);
    const dispatch = new Dispatch(this, 'Dispatch', foundation);
    dispatch.accessJobs.consumedBy(access.maintenance);
    dispatch.auditJobs.consumedBy(audit.sweep);
    dispatch.dataJobs.consumedBy(migrations.migrate);
    frontDoor.serve({
      authorizer: access.authorizer,
      oauth: access.oauth,
      relay: portal.relay,
      relayTimeout: Portal.timeout,
      pages: console.pages,
      admin: admin.api,
    });
    const alarms = new Alarms(this, 'Alarms', configuration);
    watch(alarms, {
      foundation,
      frontDoor,
      access,
      portal,
      console,
      admin,
      audit,
      migrations,
      dispatch,
    });
    new Budget(this, 'Budget', configuration);
    meetDemands(this, configuration);
    this.outputs = addOutputs(this, { frontDoor, signIn: access.signIn, alarms });
  }
}
