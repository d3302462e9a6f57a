import type { ClientRules } from '../shared/documents/portal.ts';
import type { ToolRisk } from '../shared/documents/server.ts';
import type { NamedPolicy } from './decision.ts';

/** A definition as its server gave it: every field passes through unharmed. */
export type RawDefinition = Readonly<Record<string, unknown>>;

export interface SnapshotTool {
  /** The tool's own name at its server. */
  name: string;
  definition: RawDefinition;
  /** The reviewer's classification; undefined means nobody reviewed it, which counts as destructive. */
  risk: ToolRisk | undefined;
}

export interface SnapshotServer {
  id: string;
  slug: string;
  naming: 'prefixed' | 'unprefixed';
  title: string;
  description: string | undefined;
  url: string;
  /** The protocol that the server spoke when it was synced. */
  era: 'modern' | 'legacy';
  /** Capabilities and instructions as the server declared them. */
  capabilities: RawDefinition;
  instructions: string | undefined;
  policies: readonly NamedPolicy[];
  /** Enabled tools only. */
  tools: readonly SnapshotTool[];
  prompts: readonly RawDefinition[];
  resources: readonly RawDefinition[];
  resourceTemplates: readonly RawDefinition[];
}

/** Everything the relay needs to serve one portal, as one content-addressed object. */
export interface PortalSnapshot {
  portal: {
    id: string;
    title: string;
    description: string | undefined;
    payloads: 'metadata' | 'full';
    clients: ClientRules;
    policies: readonly NamedPolicy[];
  };
  servers: readonly SnapshotServer[];
}

/** A snapshot with the hash of its content, which is the version that lists and cursors carry. */
export interface VersionedSnapshot {
  version: string;
  snapshot: PortalSnapshot;
}
