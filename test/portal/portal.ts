import type { AccessSession, AccessToken } from '../../lambdas/access/sessions/person.ts';
import { presentedToken } from '../../lambdas/access/tokens/presented-token.ts';
import type { AuditWriter, Exchange, Outcome, Payload } from '../../lambdas/audit/record.ts';
import type { ServerCatalog } from '../../lambdas/policy/catalog.ts';
import type { NamedPolicy } from '../../lambdas/policy/decision.ts';
import { noEvidence } from '../../lambdas/policy/settle.ts';
import type { PortalSnapshot, SnapshotServer } from '../../lambdas/policy/snapshot.ts';
import { createRelay, type RelayOptions } from '../../lambdas/portal/relay.ts';
import { createUpstreams } from '../../lambdas/portal/upstream/upstreams.ts';
import { SallyportError } from '../../lambdas/shared/errors.ts';
import type { HttpRequest } from '../../lambdas/shared/http.ts';
import { createOutgoing } from '../../lambdas/shared/outgoing.ts';
import type { Item } from '../../lambdas/shared/table.ts';
import { startFrontDoor } from './front-door.ts';

export const ORIGIN = 'https://sallyport.test';
export const LOOPBACK = ['127.0.0.0/8'];

const people: Record<string, { email: string; groups: string[] }> = {
  alice: { email: 'alice@example.com', groups: ['engineering'] },
  bob: { email: 'bob@example.com', groups: ['sales'] },
  carol: { email: 'carol@outside.test', groups: [] },
};

export const allow = (id: string, ...include: NamedPolicy['spec']['include']): NamedPolicy => ({
  id,
  spec: { action: 'allow', include, require: [], exclude: [] },
});
export const everyone = allow('everyone', { everyone: true });
export const staff = allow('staff', { emailDomain: 'example.com' });

/** A server of a snapshot, with what it offers either made up or fetched. */
export function serverOf(
  id: string,
  url: string,
  catalog: Partial<ServerCatalog> = {},
  changes: Partial<SnapshotServer> & { risks?: Record<string, 'read-only' | 'write' | 'destructive'> } = {},
): SnapshotServer {
  const { tools = [], prompts = [], resources = [], resourceTemplates = [] } = catalog;
  const { risks = {}, ...rest } = changes;
  return {
    id,
    slug: id,
    naming: 'prefixed',
    title: `The ${id} server`,
    description: undefined,
    url,
    era: catalog.era ?? 'modern',
    capabilities: catalog.capabilities ?? { tools: {}, prompts: {}, resources: {}, completions: {} },
    instructions: catalog.instructions,
    policies: [everyone],
    toolPolicies: [],
    labels: [],
    tools: tools.map((definition) => ({
      name: String(definition.name),
      definition,
      risk: risks[String(definition.name)],
      policies: [],
    })),
    prompts,
    resources,
    resourceTemplates,
    ...rest,
  };
}

export type AuditEntry =
  | { step: 'intent'; exchange: Exchange }
  | { step: 'outcome'; exchange: Exchange; outcome: Outcome; payload?: Payload };

/** The audit log in memory; `fail` makes the store unreachable. */
export class MemoryAudit implements AuditWriter {
  entries: AuditEntry[] = [];
  fail: 'intent' | 'outcome' | 'none' = 'none';

  async intent(exchange: Exchange): Promise<void> {
    if (this.fail === 'intent') throw new Error('the audit store is away');
    this.entries.push({ step: 'intent', exchange });
  }

  async outcome(exchange: Exchange, outcome: Outcome, payload?: Payload): Promise<void> {
    if (this.fail === 'outcome') throw new Error('the audit store is away');
    this.entries.push({ step: 'outcome', exchange, outcome, ...(payload ? { payload } : {}) });
  }

  async authentication(): Promise<void> {}
  async change(): Promise<void> {}

  /** What was recorded about calls of a method: steps, statuses, rule. */
  of(method: string): string[] {
    return this.entries
      .filter(({ exchange }) => exchange.method === method)
      .map((entry) =>
        entry.step === 'intent'
          ? 'intent'
          : `${entry.outcome.status} ${entry.outcome.errorCode ?? ''}`.trim(),
      );
  }

  /** Waits for an outcome that is recorded after its caller has left. */
  async recorded(wanted: (outcome: Outcome) => boolean): Promise<void> {
    while (!this.entries.some((entry) => entry.step === 'outcome' && wanted(entry.outcome)))
      await new Promise((next) => setImmediate(next));
  }

  last(): Extract<AuditEntry, { step: 'outcome' }> {
    const found = this.entries.findLast((entry) => entry.step === 'outcome');
    if (found?.step !== 'outcome') throw new Error('nothing was recorded');
    return found;
  }
}

/** A vault in memory. */
export class MemoryVault {
  readonly items = new Map<string, Item>();
  async get({ pk }: { pk: string }): Promise<Item | undefined> {
    return this.items.get(pk);
  }
  async put(item: Item): Promise<boolean> {
    this.items.set(item.pk, item);
    return true;
  }
}

/** Sessions that can be ended; tokens are people's names. */
export class Sessions {
  readonly ended = new Set<string>();

  verify = async (token: string): Promise<AccessToken> => {
    if (!people[token]) throw new SallyportError('invalid_token', 401, 'The access token is not valid here.');
    return {
      subject: `p_${token}`,
      sid: token,
      grantId: 'g',
      clientId: 'client-1',
      audience: `${ORIGIN}/mcp`,
      scopes: ['mcp'],
      expiresAt: 9_999_999_999,
    };
  };

  verifyRequest = (request: HttpRequest) => this.verify(presentedToken(request).token);

  read = async ({ sid, subject }: AccessToken): Promise<AccessSession> => {
    const person = people[sid];
    if (!person || this.ended.has(sid))
      throw new SallyportError('invalid_token', 401, 'The sign-in has ended.');
    return {
      sid,
      person: { id: subject, idp: 'cognito', subject: sid, name: undefined, ...person },
      authenticatedAt: 0,
      expiresAt: 9_999_999_999,
    };
  };
}

export interface TestPortal {
  url: string;
  audit: MemoryAudit;
  vault: MemoryVault;
  sessions: Sessions;
  /** Publishes another snapshot. */
  publish(servers: SnapshotServer[], portal?: Partial<PortalSnapshot['portal']>): void;
  /** Posts text as it is. */
  post(body: string, headers?: Record<string, string>): Promise<Response>;
  close(): Promise<void>;
}

export interface PortalOptions {
  portal?: Partial<PortalSnapshot['portal']>;
  vault?: MemoryVault;
}

/** A portal for staff, with these servers behind it, on loopback. */
export async function startPortal(
  servers: SnapshotServer[],
  options: Partial<RelayOptions> & PortalOptions = {},
): Promise<TestPortal> {
  const { portal, vault = new MemoryVault(), ...relayOptions } = options;
  const audit = new MemoryAudit();
  const sessions = new Sessions();
  const outgoing = createOutgoing(LOOPBACK);
  const snapshotOf = (
    list: SnapshotServer[],
    changes: Partial<PortalSnapshot['portal']> = {},
  ): PortalSnapshot => ({
    portal: {
      id: 'main',
      title: 'Example tools',
      description: undefined,
      payloads: 'metadata',
      clients: { approval: 'none', hosts: [] },
      policies: [staff],
      ...changes,
    },
    servers: list,
    groups: {},
    lists: {},
    evaluations: {},
  });
  let version = 1;
  let snapshot = snapshotOf(servers, portal);
  const relay = createRelay({
    origin: ORIGIN,
    portalId: 'main',
    allowedOrigins: ['https://page.example'],
    tokens: sessions,
    sessions,
    audit,
    evidence: noEvidence,
    taint: async () => {},
    remedyAddress: async () => 'https://sallyport.test/console/conditions',
    snapshots: { current: async () => ({ version: `v${version}`, snapshot }) },
    upstreams: createUpstreams(outgoing, vault),
    ...relayOptions,
  });
  const door = await startFrontDoor((request) => relay.handle(request));
  return {
    url: door.url,
    audit,
    vault,
    sessions,
    publish(list, changes = portal) {
      version += 1;
      snapshot = snapshotOf(list, changes);
    },
    post: (body, headers = {}) =>
      fetch(door.url, {
        method: 'POST',
        body,
        headers: {
          'content-type': 'application/json',
          accept: 'application/json, text/event-stream',
          authorization: 'Bearer alice',
          ...headers,
        },
      }),
    async close() {
      await door.close();
      outgoing.close();
    },
  };
}
