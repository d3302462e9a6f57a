import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createAuditWriter } from '../../../lambdas/audit/writer.ts';
import { SnapshotReader } from '../../../lambdas/policy/snapshot-store.ts';
import type { RelayOptions } from '../../../lambdas/portal/relay.ts';
import { Table } from '../../../lambdas/shared/table.ts';
import { type Script, sendJson, startScriptedServer } from '../../fixtures/upstreams/scripted-server.ts';
import { ask } from '../../portal/clients.ts';
import { Sessions, serverOf, startPortal, type TestPortal } from '../../portal/portal.ts';
import type { Fault } from '../scene.ts';

const NOBODY_LISTENS = 'http://127.0.0.1:1';
const offers = { tools: [{ name: 'read', inputSchema: { type: 'object' } }] };

const call = (portal: TestPortal) => ask(portal, 'tools/call', { name: 'shaky__read', arguments: {} });
const calls = (portal: TestPortal, times: number) => async (): Promise<void> => {
  await Promise.allSettled(Array.from({ length: times }, () => call(portal)));
};
/** Two periods of five minutes have to be bad. */
const LASTING = { minutes: 6 };

/** A portal before a server that answers as scripted, or to which nobody listens. */
function upstreamFault(
  about: Pick<Fault, 'by' | 'minutes' | 'raises'>,
  script: Script | undefined,
  { times = 20, every = 5, ...options }: Partial<RelayOptions> & { times?: number; every?: number } = {},
): Fault {
  return {
    ...about,
    async start() {
      const upstream = script && (await startScriptedServer(script));
      const portal = await startPortal(
        [serverOf('shaky', upstream?.url ?? `${NOBODY_LISTENS}/mcp`, offers)],
        options,
      );
      const stop = async () => {
        await portal.close();
        await upstream?.close();
      };
      const call = calls(portal, times);
      let minute = 0;
      return { inject: async () => (minute++ % every === 0 ? call() : undefined), stop };
    },
  };
}

class RefusingTable extends Table {
  override async get(): Promise<never> {
    throw new Error('AccessDeniedException');
  }
}

/** The table of identities cannot be read. */
class LostSessions extends Sessions {
  override read = async (): Promise<never> => {
    throw new Error('AccessDeniedException');
  };
}

export const relayFaults: Fault[] = [
  upstreamFault({ by: 'a server that is down', raises: ['UpstreamUnreachable'], ...LASTING }, undefined),
  upstreamFault(
    { by: 'a server that never answers', raises: ['UpstreamTimeout'], ...LASTING },
    () => undefined,
    {
      callLimitMs: 50,
    },
  ),
  upstreamFault(
    { by: 'a server that answers 500', raises: ['UpstreamError'], ...LASTING },
    (_request, response) => sendJson(response, {}, 500),
    { times: 50 },
  ),
  upstreamFault({ by: 'a configuration that cannot be read', raises: ['PolicyUnavailable'] }, undefined, {
    snapshots: new SnapshotReader({ policies: new RefusingTable('policies'), bucket: 'snapshots' }),
    times: 5,
    every: 1,
  }),
  upstreamFault({ by: 'sessions that cannot be read', raises: ['RelayInternal'] }, undefined, {
    sessions: new LostSessions(),
    times: 5,
    every: 1,
  }),
  {
    by: 'an audit table that takes no records',
    raises: ['AuditRefused'],
    minutes: 1,
    async start() {
      const client = new DynamoDBClient({ endpoint: NOBODY_LISTENS, region: 'us-east-1', maxAttempts: 1 });
      const writer = createAuditWriter({ audit: 'audit', payloads: 'payloads', retentionDays: 30, client });
      const event = { activity: 'sign-in', status: 'success', actor: { ip: '192.0.2.1' } } as const;
      return { inject: () => writer.authentication(event).catch(() => undefined) };
    },
  },
];
