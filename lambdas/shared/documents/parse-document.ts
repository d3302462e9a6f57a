import { SallyportError } from '../errors.ts';
import { explainFaults, type Fault, writePath } from './faults.ts';
import { type Document, type Kind, kindNames, kinds } from './kinds.ts';

/** Members that our answers add to a document; they are accepted back and ignored, so that what was read can be applied. */
const READ_ONLY_METADATA = ['version', 'updatedAt', 'updatedBy'];
const READ_ONLY = ['status'];

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const without = (value: Record<string, unknown>, names: readonly string[]) =>
  Object.fromEntries(Object.entries(value).filter(([name]) => !names.includes(name)));

/** The error for one or more faults: the first with its place, a few more in the message. */
export function invalid(faults: readonly Fault[], code = 'invalid_document'): SallyportError {
  const [first, ...rest] = faults;
  const more = rest.slice(0, 4).map((fault) => `; ${fault.at}: ${fault.message}`);
  const left = rest.length > 4 ? `; and ${rest.length - 4} more` : '';
  const message = `${first?.message ?? 'not valid'}${more.join('')}${left}`;
  return new SallyportError(code, 400, message, first?.at ? { at: first.at } : {});
}

function kindOf(value: unknown, at: string): Kind {
  const kind = kindNames.find((name) => name === value);
  if (kind) return kind;
  const what =
    typeof value === 'string' ? `unknown kind ${JSON.stringify(value.slice(0, 60))}` : 'needs a kind';
  throw invalid([{ at: writePath(at, ['kind']), message: `${what}; known kinds: ${kindNames.join(', ')}` }]);
}

/**
 * Validates one configuration document of any kind and fills in its defaults.
 * @param at where the document stands in the input, such as `documents[1]`; empty for the whole input.
 * @throws SallyportError `invalid_document` 400 that names the place and the fault.
 */
export function parseDocument(value: unknown, at: string): Document {
  if (!isObject(value)) {
    throw invalid([
      { at, message: 'must be a document: an object with apiVersion, kind, metadata and spec' },
    ]);
  }
  const kind = kindOf(value.kind, at);
  const written = without(value, READ_ONLY);
  if (isObject(written.metadata)) written.metadata = without(written.metadata, READ_ONLY_METADATA);
  const { schema } = kinds[kind];
  const result = schema.safeParse(written);
  if (!result.success) throw invalid(explainFaults(result.error, schema, at));
  return result.data;
}
