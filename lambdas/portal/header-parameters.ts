import { isObject, type JsonObject } from './json.ts';

/** An argument that a tool wants repeated as `Mcp-Param-{header}` (`x-mcp-header` in its input schema). */
export interface HeaderParameter {
  /** Property names from the root of the arguments. */
  path: readonly string[];
  header: string;
  type: 'string' | 'integer' | 'boolean';
}

const KEY = 'x-mcp-header';
/** `token` of RFC 9110 section 5.6.2. */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** Members whose value is a table of schemas by name. */
const NAMED = new Set(['patternProperties', 'dependentSchemas', '$defs', 'definitions', 'properties']);
/** Members that hold schemas which `properties` alone does not reach. */
const NESTED = new Set(
  'items prefixItems contains additionalProperties unevaluatedProperties unevaluatedItems propertyNames oneOf anyOf allOf not if then else contentSchema patternProperties dependentSchemas $defs definitions'.split(
    ' ',
  ),
);
const DEEPEST = 64;

class Invalid extends Error {}

const isType = (type: unknown): type is HeaderParameter['type'] =>
  type === 'string' || type === 'integer' || type === 'boolean';

function annotation(schema: JsonObject, path: readonly string[], reachable: boolean): HeaderParameter {
  const { [KEY]: header, type } = schema;
  const where = path.join('.') || 'the root';
  if (!reachable || path.length === 0) throw new Invalid(`${where}: only plain properties may have ${KEY}`);
  if (typeof header !== 'string' || !TOKEN.test(header))
    throw new Invalid(`${where}: ${KEY} is not a header name`);
  if (!isType(type)) throw new Invalid(`${where}: ${KEY} needs the type string, integer or boolean`);
  return { path, header, type };
}

function collect(
  schema: unknown,
  path: readonly string[],
  reachable: boolean,
  found: HeaderParameter[],
): void {
  if (!isObject(schema)) return;
  if (path.length > DEEPEST) throw new Invalid('the schema is nested too deeply');
  if (Object.hasOwn(schema, KEY)) {
    const parameter = annotation(schema, path, reachable);
    const name = parameter.header.toLowerCase();
    if (found.some(({ header }) => header.toLowerCase() === name))
      throw new Invalid(`${path.join('.')}: two properties share the header ${parameter.header}`);
    found.push(parameter);
  }
  if (isObject(schema.properties))
    for (const [name, child] of Object.entries(schema.properties))
      collect(child, [...path, name], reachable, found);
  for (const [member, value] of Object.entries(schema)) {
    if (!NESTED.has(member)) continue;
    const children =
      Array.isArray(value) || (isObject(value) && NAMED.has(member)) ? Object.values(value) : [value];
    for (const child of children) collect(child, [...path, `<${member}>`], false, found);
  }
}

/**
 * The header parameters of an input schema (2026-07-28, Streamable HTTP, custom headers), or the reason why
 * its annotations are invalid, which makes the whole tool invalid.
 */
export function headerParameters(
  inputSchema: unknown,
): { valid: true; parameters: readonly HeaderParameter[] } | { valid: false; reason: string } {
  const parameters: HeaderParameter[] = [];
  try {
    collect(inputSchema, [], true, parameters);
    return { valid: true, parameters };
  } catch (error) {
    if (error instanceof Invalid) return { valid: false, reason: error.message };
    throw error;
  }
}

/** The argument at a path; undefined when it is absent, null, or of a type that no header carries. */
export function headerArgument(
  parameter: HeaderParameter,
  args: unknown,
): string | number | boolean | undefined {
  let value = args;
  for (const name of parameter.path) {
    if (!isObject(value) || !Object.hasOwn(value, name)) return undefined;
    value = value[name];
  }
  if (typeof value === 'number') return Number.isSafeInteger(value) ? value : undefined;
  return typeof value === 'string' || typeof value === 'boolean' ? value : undefined;
}
