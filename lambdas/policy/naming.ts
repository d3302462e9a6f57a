import type { ServerSpec } from '../shared/documents/server.ts';

/** How a server's tools and prompts are named in a portal. */
export type Naming = Pick<ServerSpec, 'naming' | 'slug'>;

/** `slug__name`, or the name alone: a slug has no underscore, so the first `__` always ends it. */
export const nameInPortal = ({ naming, slug }: Naming, name: string): string =>
  naming === 'unprefixed' ? name : `${slug}__${name}`;
