import type { HealthSources } from '../../lambdas/admin/health/health.ts';
import { WorkStore } from '../../lambdas/dispatch/work-store.ts';
import type { Table } from '../../lambdas/shared/table.ts';

/** Of a deployment that has no alarms and a web ACL; a test puts others in their place. */
export const healthSources = (policies: Table): HealthSources => ({
  policies,
  work: new WorkStore(policies),
  alarms: async () => [],
  firewall: async () => ({ attached: true, name: 'Example' }),
  apiHost: 'api.example.com',
  signingKeyRotationDays: 30,
});
