import { type CompiledLevel, compileLevel, decidePortal } from '../policy/decide.ts';
import type { Decision, Subject } from '../policy/decision.ts';
import type { VersionedSnapshot } from '../policy/snapshot.ts';
import type { Person } from './sessions/person.ts';

export interface AdmissionOptions {
  portalId: string;
  snapshots: { current(portalId: string): Promise<VersionedSnapshot | undefined> };
}

const NOT_SET_UP: Decision = {
  allowed: false,
  level: 'portal',
  policy: null,
  reason: 'This portal is not set up yet. Its owners must apply a configuration first.',
  trace: [],
};

/** Whether the portal's policies let somebody in at all, before any consent is asked for and any token issued. */
export class Admission {
  readonly #options: AdmissionOptions;
  #compiled: { version: string; level: CompiledLevel } | undefined;

  constructor(options: AdmissionOptions) {
    this.#options = options;
  }

  /** Decides for this person at this address; a portal that nobody configured admits nobody. */
  judge(person: Person, ip: string): Promise<Decision> {
    return this.#decide({ email: person.email, groups: person.groups, ip });
  }

  /** Decides for a service token at this address. */
  judgeService(id: string, ip: string): Promise<Decision> {
    return this.#decide({ serviceToken: id, ip });
  }

  async #decide(subject: Subject): Promise<Decision> {
    const current = await this.#options.snapshots.current(this.#options.portalId);
    if (!current) return NOT_SET_UP;
    const { version, snapshot } = current;
    if (this.#compiled?.version !== version)
      this.#compiled = { version, level: compileLevel('portal', snapshot.portal.policies) };
    return decidePortal(this.#compiled.level, subject);
  }
}
