import { type HeaderParameter, headerArgument } from '../header-parameters.ts';
import { decodeHeaderValue } from '../header-value.ts';
import { headerMismatch } from './header-mismatch.ts';

const DECIMAL = /^-?\d+(?:\.\d+)?$/;

function equals(decoded: string, argument: string | number | boolean): boolean {
  if (typeof argument === 'number') return DECIMAL.test(decoded) && Number(decoded) === argument;
  return decoded === String(argument);
}

/**
 * `Mcp-Param-*` repeats each annotated argument that is present and not null (2026-07-28, Streamable HTTP,
 * custom headers); integers compare as numbers.
 */
export function checkParameterHeaders(
  headers: Readonly<Record<string, string>>,
  parameters: readonly HeaderParameter[],
  args: unknown,
): void {
  for (const parameter of parameters) {
    const argument = headerArgument(parameter, args);
    if (argument === undefined) continue;
    const name = `Mcp-Param-${parameter.header}`;
    const header = headers[name.toLowerCase()];
    if (header === undefined) throw headerMismatch(name, 'is missing');
    const decoded = decodeHeaderValue(header);
    if (decoded === undefined) throw headerMismatch(name, 'is not valid =?base64?…?=');
    if (!equals(decoded, argument))
      throw headerMismatch(name, `differs from the argument ${parameter.path.join('.')}`);
  }
}
