import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { Duration } from 'aws-cdk-lib/core';
import type { Alarms } from '../alarms.ts';

const FIVE_MINUTES = Duration.minutes(5);

/** Calls that failed, by cause. The returned one says that a version of ours is bad, the others do not. */
export function watchRelay(alarms: Alarms): Alarm {
  const relayErrors = (cause: string, period = FIVE_MINUTES) =>
    alarms.counted('RelayError', period, { cause });
  alarms.add('UpstreamUnreachable', {
    metric: relayErrors('upstream-unreachable'),
    threshold: 20,
    bad: { periods: 2, of: 3 },
    says: 'MCP servers behind the portal cannot be reached.',
    runbook: 'relay-errors-of-servers',
  });
  alarms.add('UpstreamTimeout', {
    metric: relayErrors('upstream-timeout'),
    threshold: 20,
    bad: { periods: 2, of: 3 },
    says: 'MCP servers behind the portal do not answer in time.',
    runbook: 'relay-errors-of-servers',
  });
  alarms.add('UpstreamError', {
    metric: relayErrors('upstream-error'),
    threshold: 50,
    bad: { periods: 2, of: 3 },
    says: 'MCP servers behind the portal give answers that cannot be passed on.',
    runbook: 'relay-errors-of-servers',
  });
  alarms.add('PolicyUnavailable', {
    metric: relayErrors('policy-unavailable', Duration.minutes(1)),
    threshold: 5,
    bad: { periods: 2, of: 3 },
    says: 'the relay cannot read the portal configuration, so every call is refused.',
    runbook: 'configuration-unreadable',
  });
  return alarms.add('RelayInternal', {
    metric: relayErrors('internal', Duration.minutes(1)),
    threshold: 5,
    bad: { periods: 2, of: 3 },
    says: 'calls fail by a fault of the relay itself.',
    runbook: 'relay-internal-errors',
  });
}

/** Records that could not be stored: each is a call that was refused, or one whose outcome is unknown. */
export function watchAudit(alarms: Alarms): void {
  alarms.add('AuditRefused', {
    metric: alarms.counted('AuditRefused', FIVE_MINUTES),
    threshold: 1,
    says: 'audit records could not be stored, so calls and sign-ins are refused.',
    runbook: 'audit-refused',
  });
}
