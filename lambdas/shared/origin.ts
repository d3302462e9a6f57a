/** The OAuth resources of one deployment (RFC 8707): audiences that access tokens are issued for. */
export interface Resources {
  /** The MCP endpoint of the default portal. */
  portal: string;
  /** The admin API; only first-party clients may ask for it. */
  admin: string;
}

/** Derives the resource identifiers from the public origin; no trailing slash (RFC 9728 section 1.2). */
export function resourcesOf(origin: string): Resources {
  return { portal: `${origin}/mcp`, admin: `${origin}/api/v1` };
}

/** The scope that each resource grants; both are whole, there are no partial ones yet. */
export const PORTAL_SCOPE = 'mcp';
export const ADMIN_SCOPE = 'admin';

/** First-party clients, registered by the deployment itself. */
export const CLI_CLIENT_ID = 'sallyport-cli';
export const CONSOLE_CLIENT_ID = 'sallyport-console';
