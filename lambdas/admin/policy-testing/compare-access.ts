import type { Subject } from '../../policy/decision.ts';
import { Facts } from '../../policy/facts.ts';
import { Access } from '../../portal/access.ts';
import type { Catalog } from '../../portal/catalog.ts';
import { type Decided, type Outcome, summaryOf } from './outcome.ts';
import { decide } from './run-test.ts';
import type { Target } from './target.ts';

/** A portal before and after a change; undefined where it is not there. */
export interface ComparedPortal {
  id: string;
  before: Catalog | undefined;
  after: Catalog | undefined;
}

/** Something that somebody may use, by the names that outlive a change. */
export interface TargetName {
  portal: string;
  server?: string;
  tool?: string;
}

/** What a change of the configuration does to somebody's access. */
export interface AccessChange extends TargetName {
  change: 'gains' | 'loses';
  from: Decided;
  to: Decided;
}

const RANK: Readonly<Record<Outcome, number>> = { denied: 0, held: 1, allowed: 2 };

/** What is not there is open to nobody. */
const absent = (level: Decided['level']): Decided => ({
  outcome: 'denied',
  level,
  policy: null,
  remedies: [],
});

const levelOf = ({ server, tool }: TargetName): Decided['level'] =>
  tool === undefined ? (server === undefined ? 'portal' : 'server') : 'tool';

interface Side {
  access: Access | undefined;
  targets: ReadonlyMap<string, Target>;
}

const keyOf = ({ server = '', tool = '' }: TargetName): string => JSON.stringify([server, tool]);

function targetsOf(catalog: Catalog): Map<string, Target> {
  const targets = new Map<string, Target>();
  for (const at of catalog.servers)
    targets.set(keyOf({ portal: '', server: at.server.id }), { at, offer: undefined });
  for (const offer of catalog.tools.values())
    targets.set(keyOf({ portal: '', server: offer.at.server.id, tool: offer.name }), { at: offer.at, offer });
  targets.set(keyOf({ portal: '' }), { at: undefined, offer: undefined });
  return targets;
}

/** Everything that a portal offers before or after, from the outside in. */
function namesOf({ id, before, after }: ComparedPortal): TargetName[] {
  const keys = new Set([before, after].flatMap((catalog) => (catalog ? [...targetsOf(catalog).keys()] : [])));
  return [...keys].toSorted().map((key) => {
    const [server, tool] = JSON.parse(key) as [string, string];
    return { portal: id, ...(server === '' ? {} : { server }), ...(tool === '' ? {} : { tool }) };
  });
}

function decidedOn({ access, targets }: Side, name: TargetName): Decided {
  const target = targets.get(keyOf(name));
  return access && target ? summaryOf(decide(access, target)) : absent(levelOf(name));
}

/** A portal that is compared for one subject after the other. */
export interface Comparison {
  /** How many decisions a subject takes. */
  decisions: number;
  /** What changes for somebody; what changes just like its server, or its portal, is left out. */
  changesFor(subject: Subject): AccessChange[];
}

const alike = (one: AccessChange | undefined, { from, to }: AccessChange): boolean =>
  one !== undefined && one.from.outcome === from.outcome && one.to.outcome === to.outcome;

export function comparisonOf(portal: ComparedPortal): Comparison {
  const names = namesOf(portal);
  const sides = [portal.before, portal.after].map((catalog) => ({
    catalog,
    targets: catalog ? targetsOf(catalog) : new Map<string, Target>(),
  }));
  const sideFor = (index: number, subject: Subject): Side => {
    const { catalog, targets } = sides[index] ?? {};
    const access = catalog && new Access(catalog, new Facts(subject, { requestOpen: true }));
    return { access, targets: targets ?? new Map() };
  };
  return {
    decisions: names.length * 2,
    changesFor(subject) {
      const [before, after] = [sideFor(0, subject), sideFor(1, subject)];
      const found = new Map<string, AccessChange>();
      const shown: AccessChange[] = [];
      for (const name of names) {
        const [from, to] = [decidedOn(before, name), decidedOn(after, name)];
        const up = RANK[to.outcome] - RANK[from.outcome];
        if (up === 0) continue;
        const row: AccessChange = { ...name, change: up > 0 ? 'gains' : 'loses', from, to };
        const outer = name.tool === undefined ? { portal: '' } : { portal: '', server: name.server ?? '' };
        const covering = name.server === undefined ? undefined : found.get(keyOf(outer));
        found.set(keyOf(name), row);
        if (!alike(covering, row)) shown.push(row);
      }
      return shown;
    },
  };
}
