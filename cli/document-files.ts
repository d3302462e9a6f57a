import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type Document, isMap, isNode, isSeq, LineCounter, type Node, parseAllDocuments } from 'yaml';
import { Failure } from './failure.ts';

/** A configuration document as somebody wrote it. */
export interface WrittenDocument {
  value: unknown;
  file: string;
  /** Its number in the file, from 1. */
  number: number;
  /** The line where a path such as `.spec.policies[0]` stands, or the nearest that does. */
  line(path: string): number;
}

const STEP = /\.([\w-]+)|\[(\d+)\]|\["((?:[^"\\]|\\.)*)"\]/g;

function stepsOf(path: string): (string | number)[] {
  return [...path.matchAll(STEP)].map(([, name, index, quoted]) => {
    if (index !== undefined) return Number(index);
    return quoted === undefined ? (name ?? '') : String(JSON.parse(`"${quoted}"`));
  });
}

/** The offset of the last step that is there: of a member, its name. */
function offsetOf(root: Node, path: string): number {
  let node: unknown = root;
  let offset = root.range?.[0] ?? 0;
  for (const step of stepsOf(path)) {
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isNode(key) && String(key) === String(step));
      if (!pair) break;
      offset = isNode(pair.key) ? (pair.key.range?.[0] ?? offset) : offset;
      node = pair.value;
    } else if (isSeq(node)) {
      node = node.items[Number(step)];
      if (!isNode(node)) break;
      offset = node.range?.[0] ?? offset;
    } else break;
  }
  return offset;
}

/** The members of a list, or of the `items` or `documents` that our own answers and requests have. */
function membersOf(node: Node): Node[] {
  if (isSeq(node)) return node.items.filter(isNode);
  if (isMap(node) && !node.has('kind')) {
    const list = node.get('items', true) ?? node.get('documents', true);
    if (isSeq(list)) return list.items.filter(isNode);
  }
  return [node];
}

/** The first fault that the parser found, in one line. */
function checkSyntax(document: Document.Parsed, file: string): void {
  const [fault] = document.errors;
  if (!fault) return;
  const line = fault.linePos?.[0].line;
  const [what = ''] = fault.message.split('\n');
  const place = line ? `${file}, line ${line}` : file;
  throw new Failure(`${place}: ${what.replace(/ at line \d+, column \d+:?$/, '')}`);
}

/** The plain value of a node. @throws Failure for aliases without an anchor or without end. */
function plain(node: Node, document: Document.Parsed, place: string): unknown {
  try {
    return node.toJS(document, { maxAliasCount: 100 });
  } catch (error) {
    if (error instanceof ReferenceError) throw new Failure(`${place}: ${error.message}`);
    throw error;
  }
}

/** Reads YAML (one or more documents) or JSON. @throws Failure that names file and line. */
export function parseDocuments(source: string, file: string): WrittenDocument[] {
  const lines = new LineCounter();
  const parsed = parseAllDocuments(source, { lineCounter: lines });
  const found: WrittenDocument[] = [];
  for (const document of Array.isArray(parsed) ? parsed : []) {
    checkSyntax(document, file);
    for (const node of document.contents ? membersOf(document.contents) : []) {
      const line = (path: string) => lines.linePos(offsetOf(node, path)).line;
      const value = plain(node, document, `${file}, line ${line('')}`);
      if (value !== null) found.push({ value, file, number: found.length + 1, line });
    }
  }
  return found;
}

/** The files that names mean: of a folder, every YAML and JSON file within it. @throws Failure for one without any. */
export async function documentFilesIn(names: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const name of names) {
    const folder = name !== '-' && (await stat(name).catch(() => undefined))?.isDirectory();
    if (!folder) {
      found.push(name);
      continue;
    }
    const inside = (await readdir(name, { recursive: true })).filter((file) => /\.(ya?ml|json)$/.test(file));
    if (inside.length === 0) throw new Failure(`${name} has no YAML or JSON files.`);
    found.push(...inside.toSorted().map((file) => join(name, file)));
  }
  return found;
}

/** Reads documents from files; `-` is the standard input. */
export async function readDocumentFiles(files: readonly string[]): Promise<WrittenDocument[]> {
  const found: WrittenDocument[] = [];
  for (const file of files) {
    const name = file === '-' ? 'standard input' : file;
    const source = await (file === '-' ? text(process.stdin) : readFile(file, 'utf8')).catch(
      (error: Error) => {
        throw new Failure(`${name} cannot be read: ${error.message}`);
      },
    );
    const documents = parseDocuments(source, name);
    if (documents.length === 0) throw new Failure(`${name} has no documents.`);
    found.push(...documents);
  }
  return found;
}

/** Says a refusal of the API in terms of the files: `team.yaml, document 2, line 14: spec.slug: …`. */
export function placeRefusal(
  documents: readonly WrittenDocument[],
  message: string,
  at: string | undefined,
): string {
  const readable = message.replace(/documents\[(\d+)\]/g, (whole, index) => {
    const document = documents[Number(index)];
    return document ? `${document.file} document ${document.number}` : whole;
  });
  const [, index, path = ''] = /^documents\[(\d+)\](.*)$/.exec(at ?? '') ?? [];
  const document = index === undefined ? undefined : documents[Number(index)];
  if (!document) return at ? `${at}: ${readable}` : readable;
  const where = `${document.file}, document ${document.number}, line ${document.line(path)}`;
  return `${where}: ${path ? `${path.replace(/^\./, '')}: ` : ''}${readable}`;
}
