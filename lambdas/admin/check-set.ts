import type { Document } from '../shared/documents/kinds.ts';
import { invalid, parseDocument } from '../shared/documents/parse-document.ts';
import { referencesOf } from '../shared/documents/references.ts';
import { SallyportError } from '../shared/errors.ts';
import { documentKey, documentsOf, keyOf, type World } from './world.ts';

/** A document with its place in what the person sent, such as `documents[1]`. */
export interface PlacedDocument {
  at: string;
  document: Document;
}

/** @throws SallyportError `invalid_document` 400 for the first that is none, with its place. */
export const placedDocuments = (values: readonly unknown[], member: string): PlacedDocument[] =>
  values.map((value, index) => {
    const at = `${member}[${index}]`;
    return { at, document: parseDocument(value, at) };
  });

const place = (at: string, path: string) => (at === '' ? path : `${at}.${path}`);

function checkDistinct(set: readonly PlacedDocument[]): void {
  const seen = new Map<string, string>();
  for (const { at, document } of set) {
    const key = keyOf(document);
    const earlier = seen.get(key);
    if (earlier !== undefined) {
      const message = `${document.kind} "${document.metadata.id}" is there twice, first at ${earlier}: keep one`;
      throw invalid([{ at: place(at, 'metadata.id'), message }]);
    }
    seen.set(key, at);
  }
}

function checkReferences({ at, document }: PlacedDocument, known: ReadonlySet<string>): void {
  const seen = new Set<string>();
  for (const reference of referencesOf(document)) {
    const key = documentKey(reference.kind, reference.id);
    const listed = `${reference.at.replace(/\[\d+\][^[\]]*$/, '')} ${key}`;
    if (!known.has(key)) {
      const message = `there is no ${reference.kind} "${reference.id}": create it first or send it along`;
      throw invalid([{ at: place(at, reference.at), message }], 'unknown_reference');
    }
    if (seen.has(listed)) {
      const message = `${reference.kind} "${reference.id}" is named twice here: keep one`;
      throw invalid([{ at: place(at, reference.at), message }]);
    }
    seen.add(listed);
  }
}

function checkPortalId({ at, document }: PlacedDocument, portalIds: readonly string[]): void {
  const { id } = document.metadata;
  if (document.kind !== 'Portal' || portalIds.includes(id)) return;
  const there = portalIds.map((known) => `'${known}'`).join(', ');
  const message = `this deployment has no portal "${id}": add the line \`'${id}',\` to \`portals\` (now [${there}]) in sallyport.config.ts, deploy, and apply again`;
  throw invalid([{ at: place(at, 'metadata.id'), message }], 'unknown_portal');
}

function checkSlugs(set: readonly PlacedDocument[], world: World): void {
  const sent = new Set(set.map(({ document }) => keyOf(document)));
  const owners = new Map<string, string>();
  for (const server of documentsOf(world, 'Server')) {
    if (!sent.has(keyOf(server))) owners.set(server.spec.slug, server.metadata.id);
  }
  for (const { at, document } of set) {
    if (document.kind !== 'Server') continue;
    const owner = owners.get(document.spec.slug);
    if (owner !== undefined) {
      const message = `the slug "${document.spec.slug}" is taken by Server "${owner}": choose another`;
      throw new SallyportError('slug_taken', 409, message, { at: place(at, 'spec.slug') });
    }
    owners.set(document.spec.slug, document.metadata.id);
  }
}

/**
 * Judges documents as a set against what is stored.
 * @param portalIds the portals that the configuration of the deployment has.
 * @throws SallyportError for the first fault, with its place.
 */
export function checkSet(set: readonly PlacedDocument[], world: World, portalIds: readonly string[]): void {
  checkDistinct(set);
  const known = new Set([...world.documents.keys(), ...set.map(({ document }) => keyOf(document))]);
  for (const placed of set) {
    checkPortalId(placed, portalIds);
    checkReferences(placed, known);
  }
  checkSlugs(set, world);
}
