import { type CompiledLevel, compileLevel, decidePortal } from '../policy/decide.ts';
import type { Decision, Subject } from '../policy/decision.ts';
import { Facts } from '../policy/facts.ts';
import { namedIn } from '../policy/named-rules.ts';
import type { VersionedSnapshot } from '../policy/snapshot.ts';

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
  remedies: [],
};

/** Whether the portal's policies let somebody in at all, before any consent is asked for and any token issued. */
export class Admission {
  readonly #options: AdmissionOptions;
  #compiled: { version: string; level: CompiledLevel } | undefined;

  constructor(options: AdmissionOptions) {
    this.#options = options;
  }

  /**
   * Decides for somebody by what the sign-in says; a portal that nobody configured admits nobody. What is judged on
   * each request is left to the requests, which may come from elsewhere (a hosted application's from its vendor), and
   * so are conditions that somebody can still meet.
   */
  judge(subject: Subject): Promise<Decision> {
    return this.#decide(subject);
  }

  async #decide(subject: Subject): Promise<Decision> {
    const current = await this.#options.snapshots.current(this.#options.portalId);
    if (!current) return NOT_SET_UP;
    const { version, snapshot } = current;
    if (this.#compiled?.version !== version)
      this.#compiled = {
        version,
        level: compileLevel('portal', snapshot.portal.policies, namedIn(snapshot)),
      };
    const decision = decidePortal(this.#compiled.level, new Facts(subject, { requestOpen: true }));
    return { ...decision, allowed: decision.allowed || decision.remedies.length > 0 };
  }
}
