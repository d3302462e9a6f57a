/** How a tool or prompt of a server is called in the portal. */
export type Naming = (slug: string, name: string) => string;

/** `slug__name`: a slug has no underscore, so the first `__` always ends it. */
export const prefixed: Naming = (slug, name) => `${slug}__${name}`;
