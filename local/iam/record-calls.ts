import { appendFileSync } from 'node:fs';
import * as z from 'zod';
import type { PolicyDocument } from './document.ts';
import type { AccessRequest, Verdict } from './evaluate.ts';
import { compileMatches, type Match } from './match.ts';

const match = z.object({
  actions: z.array(z.string()),
  resources: z.array(z.string()),
  conditions: z.record(z.string(), z.array(z.string())),
});

/** A line of the record: calls alike, of one role, that the same statements allowed, or that were denied. */
export const recordedCall = z.object({
  role: z.string(),
  action: z.string(),
  resource: z.string(),
  verdict: z.enum(['allowed', 'explicit-deny', 'implicit-deny']),
  /** What allowed it; empty for a call that was denied. */
  by: z.array(match),
  /** The condition keys of a call that was denied. */
  conditionKeys: z.record(z.string(), z.array(z.string())).optional(),
});

export type RecordedCall = z.output<typeof recordedCall>;

/** Told of each call that IAM judged. */
export type Recorder = (role: string, request: AccessRequest, verdict: Verdict) => void;

/** Appends the calls of roles to a file, a line of JSON each and none twice; several processes may share the file. */
export function recordCalls(
  file: string,
  policies: ReadonlyMap<string, readonly PolicyDocument[]>,
): Recorder {
  const matches = new Map([...policies].map(([role, documents]) => [role, compileMatches(documents)]));
  const written = new Set<string>();
  return (role, request, verdict) => {
    const by: readonly Match[] = verdict === 'allowed' ? (matches.get(role)?.(request) ?? []) : [];
    const { action, resource, conditionKeys } = request;
    const line = JSON.stringify({
      role,
      action,
      resource,
      verdict,
      by,
      ...(verdict === 'allowed' ? {} : { conditionKeys }),
    });
    if (written.has(line)) return;
    written.add(line);
    appendFileSync(file, `${line}\n`);
  };
}
