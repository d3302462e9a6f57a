import { type CompiledPolicy, compilePolicy } from './compile-policy.ts';
import type { Decision, NamedPolicy, Subject, TraceStep } from './decision.ts';
import { Facts } from './facts.ts';

/** The policies of a portal or of a server, compiled in their order. */
export interface CompiledLevel {
  level: 'portal' | 'server';
  policies: readonly CompiledPolicy[];
}

/** Compiles a level once per snapshot version; deciding with it then reads no document. */
export function compileLevel(level: 'portal' | 'server', policies: readonly NamedPolicy[]): CompiledLevel {
  return { level, policies: policies.map((policy) => compilePolicy(level, policy)) };
}

/** May this person use the portal at all? The first policy that matches decides; without one, nobody may. */
export function decidePortal(portal: CompiledLevel, subject: Subject): Decision {
  return decideLevel(portal, new Facts(subject), []);
}

/**
 * May this person use this server through the portal? Both levels must allow. The portal is judged first:
 * unless it allows, its refusal is the decision and the server's policies are not looked at, so that nobody
 * outside learns of them. Within it the server is judged alike. A block at either level therefore wins over
 * every allow at the other, and so does a level in which no policy matches.
 */
export function decideServer(portal: CompiledLevel, server: CompiledLevel, subject: Subject): Decision {
  const facts = new Facts(subject);
  const atPortal = decideLevel(portal, facts, []);
  return atPortal.allowed ? decideLevel(server, facts, atPortal.trace) : atPortal;
}

function decideLevel(
  { level, policies }: CompiledLevel,
  facts: Facts,
  before: readonly TraceStep[],
): Decision {
  const trace = [...before];
  for (const { policy, judge } of policies) {
    const step = judge(facts);
    trace.push(step);
    if (step.matched) {
      const allowed = policy.spec.action === 'allow';
      return { allowed, level, policy: policy.id, reason: reasonOf(level, policy), trace };
    }
  }
  return { allowed: false, level, policy: null, reason: NO_POLICY[level], trace };
}

function reasonOf(level: TraceStep['level'], { id, spec }: NamedPolicy): string {
  if (spec.action === 'allow') return `Allowed by the ${level} policy "${id}".`;
  const message = spec.message ? ` ${spec.message}` : '';
  return `Blocked by the ${level} policy "${id}".${message} If you need access, ask an administrator and name this policy.`;
}

const NO_POLICY = {
  portal:
    'No policy of this portal allows you (portal, default deny). If you need access, ask an administrator.',
  server:
    'No policy of this server allows you (server, default deny). If you need access, ask an administrator.',
} as const;
