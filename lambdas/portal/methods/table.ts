import { callTool } from './call-tool.ts';
import { complete } from './complete.ts';
import type { Method } from './context.ts';
import { discover } from './discover.ts';
import { getPrompt } from './get-prompt.ts';
import { initialize } from './initialize.ts';
import { listen } from './listen.ts';
import { listPrompts, listResources, listResourceTemplates, listTools } from './lists.ts';
import { readResource } from './read-resource.ts';

const shared: readonly [string, Method][] = [
  ['tools/list', listTools],
  ['tools/call', callTool],
  ['prompts/list', listPrompts],
  ['prompts/get', getPrompt],
  ['resources/list', listResources],
  ['resources/templates/list', listResourceTemplates],
  ['resources/read', readResource],
  ['completion/complete', complete],
];

/** The methods of the portal, by era. */
export const methods: Readonly<Record<'modern' | 'legacy', ReadonlyMap<string, Method>>> = {
  modern: new Map([...shared, ['server/discover', discover], ['subscriptions/listen', listen]]),
  legacy: new Map([...shared, ['initialize', initialize]]),
};

/** Legacy methods with nothing to do, see or record: no server is asked, and log levels have no session. */
export const emptyLegacyMethods: ReadonlySet<string> = new Set(['ping', 'logging/setLevel']);
