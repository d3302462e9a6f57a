import { isObject, type Json, listOf, written } from './template.ts';

/**
 * The text that a value with intrinsic functions becomes, with `${Name}` and `${Name.Attribute}` where a reference
 * stands, as in `Fn::Sub`. Undefined when it cannot be told from the template.
 */
export function textOf(value: Json | undefined): string | undefined {
  if (typeof value === 'string' || typeof value === 'number') return written(value);
  if (!isObject(value)) return undefined;
  const [name, argument] = Object.entries(value)[0] ?? [];
  if (argument === undefined) return undefined;
  switch (name) {
    case 'Ref':
      return `\${${written(argument)}}`;
    case 'Fn::GetAtt':
      return `\${${listOf(argument).map(written).join('.')}}`;
    case 'Fn::Join':
      return join(argument);
    case 'Fn::Sub':
      return substitute(argument);
    case 'Fn::Select':
      return select(argument);
    default:
      return undefined;
  }
}

function join(argument: Json): string | undefined {
  const [delimiter, parts] = listOf(argument);
  const texts = listOf(parts).map(textOf);
  return texts.includes(undefined) ? undefined : texts.join(written(delimiter));
}

function substitute(argument: Json): string | undefined {
  const [text, variables] = listOf(argument);
  if (typeof text !== 'string') return undefined;
  if (!isObject(variables)) return text;
  let known = true;
  const replaced = text.replace(/\$\{([^!}]+)\}/g, (reference, name: string) => {
    if (!(name in variables)) return reference;
    const value = textOf(variables[name]);
    if (value === undefined) known = false;
    return value ?? '';
  });
  return known ? replaced : undefined;
}

function select(argument: Json): string | undefined {
  const [index, from] = listOf(argument);
  if (Array.isArray(from)) return textOf(from[Number(index)]);
  if (!isObject(from) || from['Fn::Split'] === undefined) return undefined;
  const [delimiter, value] = listOf(from['Fn::Split']);
  return textOf(value)?.split(written(delimiter))[Number(index)];
}
