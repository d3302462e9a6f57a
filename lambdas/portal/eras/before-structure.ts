import { isObject, type JsonObject } from '../json.ts';

const text = (value: string): JsonObject => ({ type: 'text', text: value });
const words = (...parts: unknown[]): string[] =>
  parts.filter((part): part is string => typeof part === 'string' && part !== '');

/** A link as people would write it, since the model of an older client reads text alone. */
function written({ uri, title, name, description }: JsonObject): JsonObject {
  const [called] = words(title, name);
  return text([...words(called), ...words(description), ...words(uri)].join('\n'));
}

const older = (block: unknown): unknown =>
  isObject(block) && block.type === 'resource_link' ? written(block) : block;

/** A result's own text, where its server left that to the structured part alone. */
function contentOf({ content, structuredContent }: JsonObject): unknown {
  if (Array.isArray(content) && content.length > 0) return content.map(older);
  return structuredContent === undefined ? content : [text(JSON.stringify(structuredContent))];
}

const olderMessage = (message: unknown): unknown =>
  isObject(message) ? { ...message, content: older(message.content) } : message;

/**
 * A result for a client of 2025-03-26. Members that its schema does not have (`structuredContent`, `outputSchema`,
 * `title`, `icons`) stay: the schemas of that time let unknown members pass, and some of their clients already read
 * them. A kind of content block that it does not have is another matter: clients match blocks against a closed union
 * and refuse the whole result, so links become text; and a result must have content at all.
 */
export function beforeStructure(method: string, result: JsonObject): JsonObject {
  if (method === 'tools/call') return { ...result, content: contentOf(result) };
  if (method === 'prompts/get' && Array.isArray(result.messages))
    return { ...result, messages: result.messages.map(olderMessage) };
  return result;
}
