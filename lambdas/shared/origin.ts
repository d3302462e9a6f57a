/** The OAuth resources of one deployment (RFC 8707): audiences that access tokens are issued for. */
export interface Resources {
  /** The MCP endpoint of the default portal. */
  portal: string;
  /** The admin API; only first-party clients may ask for it. */
  admin: string;
  /** The same MCP endpoint at the hostname for client certificates, where there is one. */
  portalByCertificate?: string;
}

/** The origin at which requests bring a client certificate. */
export const certificateOriginOf = (host: string): string => `https://${host}`;

/** Derives the resource identifiers from the public origin; no trailing slash (RFC 9728 section 1.2). */
export function resourcesOf(origin: string, certificateHost?: string): Resources {
  const resources = { portal: `${origin}/mcp`, admin: `${origin}/api/v1` };
  if (certificateHost === undefined) return resources;
  return { ...resources, portalByCertificate: `${certificateOriginOf(certificateHost)}/mcp` };
}

/** The identifiers of the MCP endpoint: a client accepts only the one of the URL that it was given. */
export const portalsOf = ({ portal, portalByCertificate }: Resources): [string, ...string[]] =>
  portalByCertificate === undefined ? [portal] : [portal, portalByCertificate];

/** The scope that each resource grants; both are whole, there are no partial ones yet. */
export const PORTAL_SCOPE = 'mcp';
export const ADMIN_SCOPE = 'admin';

/** First-party clients, registered by the deployment itself. */
export const CLI_CLIENT_ID = 'sallyport-cli';
export const CONSOLE_CLIENT_ID = 'sallyport-console';
