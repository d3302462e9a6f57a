import type { Document, Kind } from './kinds.ts';
import type { Selector } from './policy.ts';

/** One place in a document that names another document. */
export interface Reference {
  kind: Kind;
  id: string;
  /** The path within the document, such as `spec.policies[0]`. */
  at: string;
}

const listed = (kind: Kind, ids: readonly string[], path: string): Reference[] =>
  ids.map((id, index) => ({ kind, id, at: `${path}[${index}]` }));

const serviceTokensIn = (selectors: readonly Selector[], path: string): Reference[] =>
  selectors.flatMap((selector, index) =>
    'serviceToken' in selector
      ? [{ kind: 'ServiceToken', id: selector.serviceToken, at: `${path}[${index}].serviceToken` }]
      : [],
  );

/** Every document that this one names, in order. */
export function referencesOf(document: Document): Reference[] {
  switch (document.kind) {
    case 'Portal':
      return [
        ...listed('Server', document.spec.servers, 'spec.servers'),
        ...listed('Policy', document.spec.policies, 'spec.policies'),
      ];
    case 'Server':
      return listed('Policy', document.spec.policies, 'spec.policies');
    case 'Policy':
      return [
        ...serviceTokensIn(document.spec.include, 'spec.include'),
        ...serviceTokensIn(document.spec.require, 'spec.require'),
        ...serviceTokensIn(document.spec.exclude, 'spec.exclude'),
      ];
    case 'ServiceToken':
      return [];
  }
}
