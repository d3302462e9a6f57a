import { describe, expect, it } from '@jest/globals';
import { Throttle } from '../../../local/gateway/throttle.ts';
import { ECHO, runGateway } from './running-gateway.ts';

const throttle = { rate: 1, burst: 2 };

describe('a throttled method', () => {
  it('answers 429 once its burst is used up, and leaves other methods alone', async () => {
    await using gateway = await runGateway(
      { echo: ECHO },
      {
        'GET /flooded': { functionName: 'echo', throttle },
        'GET /other': { functionName: 'echo', throttle: { rate: 100, burst: 100 } },
      },
    );
    const statuses = async (path: string) =>
      Promise.all([1, 2, 3, 4, 5, 6].map(async () => (await gateway.fetch(path)).status));
    const flooded = await statuses('/flooded');
    expect(flooded).toContain(429);
    expect(flooded).toContain(200);
    expect(await statuses('/other')).toEqual([200, 200, 200, 200, 200, 200]);
  });

  it('takes as many at once as its burst and then as many in a second as its rate', () => {
    let now = 0;
    const buckets = new Throttle(() => now);
    const method = {
      resourceId: '/a',
      resourcePath: '/a',
      httpMethod: 'GET',
      functionName: 'echo',
      transferMode: 'BUFFERED',
      timeoutMilliseconds: 29_000,
      authorizer: undefined,
      throttle: { rate: 10, burst: 3 },
    } as const;
    const admitted = (requests: number) =>
      Array.from({ length: requests }, () => buckets.admit(method)).filter(Boolean).length;
    expect(admitted(10)).toBe(3);
    now = 200;
    expect(admitted(10)).toBe(2);
    now = 10_000;
    expect(admitted(10)).toBe(3);
  });
});
