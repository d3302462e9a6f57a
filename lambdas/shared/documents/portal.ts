import * as z from 'zod';
import { documentId } from './identifiers.ts';
import { clientHost } from './selector.ts';

/** Which applications may connect to a portal, beside what its policies say about people. */
const rules = z.strictObject({
  /**
   * Whether somebody decides first: nobody (`none`), or an owner for every application of a host that `hosts`
   * does not have (`unknown-hosts`). An application that an owner denied stays out in both.
   */
  approval: z.enum(['none', 'unknown-hosts']).default('none'),
  /**
   * Hosts whose applications connect without an approval: the host of the application's metadata document, else
   * those of its redirect URIs, where `localhost` stands for every loopback address and `cursor:` for a scheme.
   */
  hosts: z.array(clientHost).max(200).default([]),
});

export const clientRules = rules.default({ approval: 'none', hosts: [] });

export type ClientRules = z.output<typeof rules>;

export const portalSpec = z.strictObject({
  title: z.string().min(1).max(100),
  description: z.string().max(1000).optional(),
  /** Ids of the servers behind this portal, in the order of their tools. */
  servers: z.array(documentId).max(200),
  /** Ids of the policies that decide who may use this portal, in order. */
  policies: z.array(documentId).max(100),
  /** What the audit keeps of a call: metadata only, or arguments and answers too, under their own key. */
  payloads: z.enum(['metadata', 'full']).default('metadata'),
  /** Which applications may connect. */
  clients: clientRules,
});

export type PortalSpec = z.output<typeof portalSpec>;
