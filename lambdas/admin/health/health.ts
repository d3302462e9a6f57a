import type { WorkStore } from '../../dispatch/work-store.ts';
import type { Table } from '../../shared/table.ts';
import type { Alarm, Firewall } from './answer.ts';

/** What a deployment's health is read from. */
export interface HealthSources {
  /** Work and the data version. */
  policies: Table;
  work: WorkStore;
  alarms: () => Promise<Alarm[]>;
  firewall: () => Promise<Firewall>;
  /** The host behind the public origin, which must not answer by itself. */
  apiHost: string;
  signingKeyRotationDays: number;
}
