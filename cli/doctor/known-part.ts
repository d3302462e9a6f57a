import type { HealthAnswer, Unknown } from '../../lambdas/admin/health/answer.ts';
import { Found, fail } from './check.ts';
import type { Visit } from './visit.ts';

const isUnknown = (part: unknown): part is Unknown =>
  typeof part === 'object' && part !== null && 'unknown' in part;

/** What the deployment said about itself. @throws Error before it was asked. */
export function healthOf({ learned }: Visit): HealthAnswer {
  if (!learned.health) throw new Error('The health of the deployment was not read.');
  return learned.health;
}

/** A part of the health. @throws Found when the deployment could not look at it. */
export function known<Part>(part: Part | Unknown): Part {
  if (!isUnknown(part)) return part;
  throw new Found(
    fail(
      part.unknown,
      'Nobody knows whether it is well.',
      'The cause is in the log of admin-api (`health not readable`). AccessDenied: deploy again, the role lacks a grant or a boundary forbids it. A timeout: the function has no way to the service from its VPC.',
    ),
  );
}
