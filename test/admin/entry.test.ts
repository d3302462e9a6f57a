import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Context } from 'aws-lambda';
import { Table } from '../../lambdas/shared/table.ts';
import { startTestServices, startTestStore, type TestServices, type TestStore } from '../fixtures/store.ts';
import { policy, restEvent, startIssuing } from './administration.ts';

const ORIGIN = 'https://sallyport.test';
let store: TestStore;
let services: TestServices;
beforeAll(async () => {
  store = await startTestStore();
  services = await startTestServices();
  Object.assign(process.env, {
    SALLYPORT_ORIGIN: ORIGIN,
    DEPLOYMENT_NAME: 'Test',
    PORTAL_ID: 'default',
    PORTAL_IDS: '["default"]',
    OWNERS: '["dana@example.com"]',
    OUTGOING_NETWORKS: '[]',
    IDENTITY_TABLE: store.tableName('identity'),
    POLICIES_TABLE: store.tableName('policies'),
    CATALOG_TABLE: store.tableName('catalog'),
    AUDIT_TABLE: store.tableName('audit'),
    PAYLOADS_TABLE: store.tableName('payloads'),
    SNAPSHOT_BUCKET: services.bucket,
    EVENT_BUS: services.eventBus,
    ALLOWED_ORIGINS: '[]',
    AUDIT_RETENTION_DAYS: '30',
    SIGNING_KEY_ROTATION_DAYS: '30',
    STACK_NAME: 'Sallyport',
    STAGE_ARN: 'arn:aws:apigateway:us-east-1::/restapis/api/stages/main',
    API_HOST: 'api.execute-api.us-east-1.amazonaws.com',
  });
});
afterAll(async () => {
  await Promise.all([store.close(), services.close()]);
});

describe('the functions, with the environment that the template gives them', () => {
  it('serve the admin API', async () => {
    const { handler } = await import('../../lambdas/admin/api.lambda.ts');
    const open = await handler(restEvent('GET', '/api/v1/openapi.json'), {} as Context);
    expect(JSON.parse(open.body).openapi).toBe('3.1.1');
    const token = await (await startIssuing(new Table(store.tableName('identity')), ORIGIN))(
      'dana@example.com',
    );
    const headers = { Authorization: `Bearer ${token}` };
    const applied = await handler(
      restEvent('POST', '/api/v1/apply', { headers, body: { documents: [policy('a')] } }),
      {} as Context,
    );
    expect(applied.statusCode).toBe(200);
    const loopback = {
      apiVersion: 'sallyport/v1',
      kind: 'Server',
      metadata: { id: 'inside' },
      spec: { title: 'Inside', slug: 'inside', url: 'http://127.0.0.1:1/mcp', policies: ['a'] },
    };
    const inside = await handler(
      restEvent('POST', '/api/v1/apply', { headers, body: { documents: [loopback] } }),
      {} as Context,
    );
    expect(JSON.parse(inside.body).results[0]).toMatchObject({
      result: 'created',
      sync: { status: 'failed' },
    });
  });

  it('serve the pages', async () => {
    const { handler } = await import('../../lambdas/console/pages.lambda.ts');
    const { statusCode, body } = await handler(restEvent('GET', '/'), {} as Context);
    expect([statusCode, body.includes('<h1>Test</h1>')]).toEqual([200, true]);
  });
});
