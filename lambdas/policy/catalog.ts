import type { RawDefinition } from './snapshot.ts';

/** What a server offers, as it said so itself when it was last synced. */
export interface ServerCatalog {
  era: 'modern' | 'legacy';
  capabilities: RawDefinition;
  instructions: string | undefined;
  tools: RawDefinition[];
  prompts: RawDefinition[];
  resources: RawDefinition[];
  resourceTemplates: RawDefinition[];
}
