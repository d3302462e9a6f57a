import * as z from 'zod';

/**
 * Where hosted clients call from: few addresses stand for many people.
 * @see https://platform.claude.com/docs/en/api/ip-addresses
 */
export const WELL_KNOWN_CONNECTOR_NETWORKS = ['160.79.104.0/21'];

const network = z
  .union([z.cidrv4(), z.cidrv6()])
  .refine((value) => !value.endsWith('/0'), 'must not be every address');

/** What the web firewall turns away. */
export const firewall = z.strictObject({
  /** Requests of one address within five minutes; an office of a few thousand people stays below the default. */
  requestsPerFiveMinutes: z.int().min(100).max(2_000_000_000).default(20_000),
  /** Networks (CIDR) that the limit does not hold for, such as an office's or a vendor's of hosted clients. */
  unlimitedNetworks: z.array(network).default(WELL_KNOWN_CONNECTOR_NETWORKS),
  /**
   * Raised by one after a new value was put into the origin secret; a deployment then sends the new value. A new
   * deployment begins at 1: its secret has no value before the present one.
   */
  originSecretRevision: z.int().min(1).default(1),
});

export type Firewall = z.output<typeof firewall>;
