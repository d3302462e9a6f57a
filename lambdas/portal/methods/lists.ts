import type { Decision } from '../../policy/decision.ts';
import { type Access, isOpen } from '../access.ts';
import type { Offer } from '../catalog.ts';
import { decodeCursor, encodeCursor } from '../cursor.ts';
import type { Context, Method } from './context.ts';

/** Milliseconds that a caller may keep a list; every call is decided anew whatever it kept. */
export const LIST_TTL_MS = 60_000;

/** A list from the snapshot, of what the person may use, the same for everyone who may use the same. */
const list =
  <O extends Offer>(
    member: string,
    offersOf: (context: Context) => Iterable<O>,
    decide: (offer: O, access: Access) => Decision = ({ at }, access) => access.to(at),
  ): Method =>
  (context) => {
    const { catalog, access, pageSize, request } = context;
    const visible = [...offersOf(context)].filter((offer) => isOpen(decide(offer, access)));
    const start = decodeCursor(request.params.cursor, catalog.version, visible.length);
    const end = start + pageSize;
    return {
      resultType: 'complete',
      [member]: visible.slice(start, end).map(({ definition }) => definition),
      ...(end < visible.length ? { nextCursor: encodeCursor(catalog.version, end) } : {}),
      ttlMs: LIST_TTL_MS,
      cacheScope: 'private',
    };
  };

export const listTools = list(
  'tools',
  ({ catalog }) => catalog.tools.values(),
  (offer, access) => access.toTool(offer),
);
export const listPrompts = list('prompts', ({ catalog }) => catalog.prompts.values());
export const listResources = list('resources', ({ catalog }) => [...catalog.resources.values()].flat());
export const listResourceTemplates = list('resourceTemplates', ({ catalog }) => catalog.templates);
