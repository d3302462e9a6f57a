import { devicesOf } from '../../access/evidence/devices.ts';
import { fulfilledOf } from '../../access/evidence/fulfilled.ts';
import { riskOf } from '../../access/evidence/risk.ts';
import { taintsOf } from '../../access/evidence/taints.ts';
import { KeptReads } from '../../access/sessions/kept-reads.ts';
import { KEPT_MS } from '../../access/sessions/session-reader.ts';
import type { Device, Risk, Subject } from '../../policy/decision.ts';
import type { Table } from '../../shared/table.ts';
import type { LookUps } from './evidence.ts';

const personOf = (subject: Subject): string | undefined =>
  subject.serviceToken === undefined ? subject.person : undefined;

/**
 * Evidence from the identity table. Risk and devices are remembered for half a minute, as sessions are; whether a
 * session is clean is asked every time, since another machine may just be handing it something.
 */
export function storedEvidence(identity: Table, clock: () => number = Date.now): LookUps {
  const risks = new KeptReads<Risk>(KEPT_MS, clock);
  const devices = new KeptReads<readonly Device[]>(KEPT_MS, clock);
  return {
    risk: async (subject) => {
      const person = personOf(subject);
      if (person === undefined) return undefined;
      return risks.read(person, async () => (await riskOf(identity, person))?.level ?? 'none');
    },
    devices: async (subject) => {
      const person = personOf(subject);
      return person === undefined ? undefined : devices.read(person, () => devicesOf(identity, person));
    },
    fulfilled: (subject) => fulfilledOf(identity, subject),
    taints: (subject) => taintsOf(identity, subject),
  };
}
