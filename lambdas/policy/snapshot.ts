import type { ExternalEvaluationSpec } from '../shared/documents/external-evaluation.ts';
import type { ServerLabel, ToolRisk } from '../shared/documents/labels.ts';
import type { ListSpec } from '../shared/documents/list.ts';
import type { ClientRules } from '../shared/documents/portal.ts';
import type { RuleGroupSpec } from '../shared/documents/rule-group.ts';
import type { NamedPolicy } from './decision.ts';

/** A definition as its server gave it: every field passes through unharmed. */
export type RawDefinition = Readonly<Record<string, unknown>>;

export interface SnapshotTool {
  /** The tool's own name at its server. */
  name: string;
  definition: RawDefinition;
  /** The reviewer's classification; undefined means nobody reviewed it, which counts as destructive. */
  risk: ToolRisk | undefined;
  /** Its own; those of the server for all of its tools follow. */
  policies: readonly NamedPolicy[];
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
  toolPolicies: readonly NamedPolicy[];
  labels: readonly ServerLabel[];
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
  /** What the policies name, by id. */
  groups: Readonly<Record<string, RuleGroupSpec>>;
  lists: Readonly<Record<string, ListSpec>>;
  evaluations: Readonly<Record<string, ExternalEvaluationSpec>>;
}

/** A snapshot with the hash of its content, which is the version that lists and cursors carry. */
export interface VersionedSnapshot {
  version: string;
  snapshot: PortalSnapshot;
}
