import { EXPECTED_DATA_VERSION, readDataState } from '../../migrations/data-version.ts';
import { IMPLEMENTATION } from '../../portal/protocol.ts';
import { jsonResponse } from '../../shared/http.ts';
import { type HealthAnswer, healthAnswer } from '../health/answer.ts';
import { readPart } from '../health/part.ts';
import { readOverdue } from '../health/schedules.ts';
import { readSigningKeys } from '../health/signing-keys.ts';
import type { GuardedRoute } from '../route.ts';

export const readHealth: GuardedRoute = {
  operation: 'readHealth',
  method: 'GET',
  path: '/api/v1/health',
  summary: 'How the deployment is: keys, schedules, alarms, firewall, versions; for `sallyport doctor`',
  permission: 'health:read',
  answer: healthAnswer,
  async handle({ health, identity }) {
    const now = new Date();
    const [found, signingKeys, lastTick, overdue, alarms, attached] = await Promise.all([
      readPart('The data version', async () => (await readDataState(health.policies))?.version ?? null),
      readPart('The signing keys', () => readSigningKeys(identity)),
      readPart('The last tick of the dispatcher', async () => (await health.work.lastTick()) ?? null),
      readPart('The work that is due', () => readOverdue(health.work, now)),
      readPart('CloudWatch', health.alarms),
      readPart('AWS WAF', health.firewall),
    ]);
    const body: HealthAnswer = {
      version: IMPLEMENTATION.version,
      dataVersion: { found, expected: EXPECTED_DATA_VERSION },
      clock: now.toISOString(),
      signingKeyRotationDays: health.signingKeyRotationDays,
      signingKeys,
      lastTick,
      overdue,
      alarms,
      firewall: attached,
      apiHost: health.apiHost,
    };
    return jsonResponse(200, body);
  },
};
