import { nameInPortal } from './naming.ts';
import type { SnapshotServer } from './snapshot.ts';

type NamedServer = Pick<SnapshotServer, 'id' | 'slug' | 'naming' | 'tools' | 'prompts'>;

/** A name of a portal that two of its servers claim. */
export interface NameCollision {
  what: 'tool' | 'prompt';
  /** In the portal. */
  name: string;
  /** Their ids, in the order of the portal. */
  servers: readonly [first: string, second: string];
}

function collisionsOf(
  what: NameCollision['what'],
  servers: readonly NamedServer[],
  namesOf: (server: NamedServer) => readonly unknown[],
): NameCollision[] {
  const owners = new Map<string, string>();
  const found: NameCollision[] = [];
  for (const server of servers) {
    for (const own of namesOf(server)) {
      const name = nameInPortal(server, String(own));
      const owner = owners.get(name) ?? server.id;
      if (owner !== server.id) found.push({ what, name, servers: [owner, server.id] });
      owners.set(name, owner);
    }
  }
  return found;
}

/** The names that several servers of one portal would have; prefixed servers alone cannot share any. */
export function nameCollisions(servers: readonly NamedServer[]): NameCollision[] {
  if (servers.every(({ naming }) => naming === 'prefixed')) return [];
  return [
    ...collisionsOf('tool', servers, ({ tools }) => tools.map(({ name }) => name)),
    ...collisionsOf('prompt', servers, ({ prompts }) => prompts.map(({ name }) => name)),
  ];
}
