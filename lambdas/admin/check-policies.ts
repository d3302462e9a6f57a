import { SallyportError } from '../shared/errors.ts';
import { affectedBy } from './affected-portals.ts';
import type { PlacedDocument } from './check-set.ts';
import { bypassSelectors } from './policy-checks/bypass-selectors.ts';
import { contradictions } from './policy-checks/contradictions.ts';
import { everyoneAlone } from './policy-checks/everyone-alone.ts';
import { groupCycles } from './policy-checks/group-cycles.ts';
import { groupSize } from './policy-checks/group-size.ts';
import { levels } from './policy-checks/levels.ts';
import { listTypes } from './policy-checks/list-types.ts';
import type { PolicyCheck } from './policy-checks/rules.ts';
import { serviceSelectors } from './policy-checks/service-selectors.ts';
import { unreachable } from './policy-checks/unreachable.ts';
import { type Documents, keyOf } from './world.ts';

const refusing: readonly [code: string, check: PolicyCheck][] = [
  ['group_cycle', groupCycles],
  ['group_size', groupSize],
  ['list_type', listTypes],
  ['bypass_identity', bypassSelectors],
  ['service_auth_selectors', serviceSelectors],
  ['never_matches', contradictions],
  ['selector_level', levels],
  ['unreachable_policy', unreachable],
];

/** Something that was done as asked, and that somebody should look at. */
export interface Warning {
  /** Where, such as `documents[1].spec.policies[0]`. */
  at: string;
  message: string;
}

const place = (at: string, path: string) => (at === '' ? path : `${at}.${path}`);

type Judged = Parameters<PolicyCheck>[0];

const isJudged = (document: { kind: string }): document is Judged =>
  ['Policy', 'RuleGroup', 'Portal', 'Server'].includes(document.kind);

/** The documents that a set changes the meaning of: those sent first, then those that name them. */
function concerned(
  set: readonly PlacedDocument[],
  documents: Documents,
): { at: string | null; document: Judged }[] {
  const sent = new Map(set.map(({ at, document }) => [keyOf(document), at]));
  const all = affectedBy(documents, new Set(sent.keys())).map((document) => ({
    at: sent.get(keyOf(document)) ?? null,
    document,
  }));
  return all.flatMap(({ at, document }) => (isJudged(document) ? [{ at, document }] : []));
}

/**
 * Refuses policies, groups and places that name them whose rules cannot mean what somebody wanted.
 * @param documents all documents as they would stand.
 * @returns what is allowed, and to be looked at.
 * @throws SallyportError 400 with the path of the first fault; of a document that was not sent, with its name.
 */
export function checkPolicies(set: readonly PlacedDocument[], documents: Documents): Warning[] {
  const judged = concerned(set, documents);
  for (const [code, check] of refusing) {
    for (const { at, document } of judged) {
      const fault = check(document, documents);
      if (!fault) continue;
      if (at !== null) throw new SallyportError(code, 400, fault.message, { at: place(at, fault.at) });
      const where = `${document.kind} "${document.metadata.id}", ${fault.at}`;
      throw new SallyportError(code, 400, `after this, in ${where}: ${fault.message}`, { at: 'documents' });
    }
  }
  return judged.flatMap(({ at, document }) => {
    const fault = everyoneAlone(document, documents);
    if (!fault) return [];
    return [
      {
        at: at === null ? `${document.metadata.id}: ${fault.at}` : place(at, fault.at),
        message: fault.message,
      },
    ];
  });
}
