import { selectorKind } from './selector-kind.ts';

/** The host that the MCP client is known by. Of one with several, of which this is one, nobody can say. */
export const clientHost = selectorKind({
  name: 'clientHost',
  attribute: 'application',
  judge:
    (host, { requestOpen }) =>
    ({ subject }) => {
      if (requestOpen && subject.client === undefined) return 'open';
      const hosts = subject.client?.hosts ?? [];
      if (hosts.length === 0) return undefined;
      if (!hosts.includes(host)) return false;
      return hosts.every((known) => known === host) || undefined;
    },
  actual: ({ subject }) => subject.client?.hosts,
});
