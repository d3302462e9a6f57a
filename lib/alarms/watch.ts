import type { Access } from '../access.ts';
import type { Admin } from '../admin.ts';
import type { Alarms } from '../alarms.ts';
import type { Audit } from '../audit.ts';
import type { Console } from '../console.ts';
import type { Dispatch } from '../dispatch.ts';
import type { Foundation } from '../foundation.ts';
import type { FrontDoor } from '../front-door.ts';
import type { Migrations } from '../migrations.ts';
import type { Portal } from '../portal.ts';
import { watchFirewall } from './firewall.ts';
import { watchAnswering, watchCrashes, watchWorking } from './functions.ts';
import { watchGateway } from './gateway.ts';
import { watchJobs, watchTick } from './jobs.ts';
import { watchAudit, watchRelay } from './relay.ts';
import { watchSignIn } from './sign-in.ts';
import { watchTables } from './tables.ts';

interface Parts {
  foundation: Foundation;
  frontDoor: FrontDoor;
  access: Access;
  portal: Portal;
  console: Console;
  admin: Admin;
  audit: Audit;
  migrations: Migrations;
  dispatch: Dispatch;
}

/** Watches all of a deployment. A new version of what answers requests is taken back on their common alarms too. */
export function watch(alarms: Alarms, parts: Parts): void {
  const { foundation, frontDoor, access, portal, console, admin, audit, migrations, dispatch } = parts;
  const crashing = {
    Oauth: access.oauth,
    Relay: portal.relay,
    Pages: console.pages,
    Admin: admin.api,
  };
  // The authorizer has to fail to refuse a token (401). When it really fails, the gateway answers 5XX.
  const answering = { Authorizer: access.authorizer, ...crashing };
  watchCrashes(alarms, crashing);
  watchAnswering(alarms, answering);
  watchWorking(alarms, {
    Tick: dispatch.tick,
    Maintenance: access.maintenance,
    Sweep: audit.sweep,
    Migrate: migrations.migrate,
  });
  watchTick(alarms, dispatch.tick);
  watchJobs(alarms, {
    AccessJobs: dispatch.accessJobs,
    AuditJobs: dispatch.auditJobs,
    DataJobs: dispatch.dataJobs,
  });
  const ofBadVersions = [watchRelay(alarms), watchGateway(alarms, frontDoor, foundation.configuration.name)];
  watchAudit(alarms);
  watchSignIn(alarms, access.signIn);
  watchTables(alarms, foundation.tables);
  watchFirewall(alarms, frontDoor.firewall.metricName);
  for (const { deployment } of Object.values(answering))
    for (const alarm of ofBadVersions) deployment.addAlarm(alarm);
}
