import type { Ask, Evidence } from '../../policy/decision.ts';
import type { EvidenceSource } from '../../policy/settle.ts';
import type { Overrides } from './test-request.ts';

const EXTERNAL = 'external:';
const isExternal = (ask: Ask) => ask.startsWith(EXTERNAL);

/** What a test says in place of what would be looked up. */
export function evidenceOf(overrides: Overrides): Evidence {
  const { risk, devices, taints, steppedUp, justified, approved, external } = overrides;
  const fulfilled = steppedUp ?? justified ?? approved;
  return {
    ...(risk ? { risk } : {}),
    ...(devices
      ? { devices: devices.map((one) => ({ ...one, reportedAt: Date.parse(one.reportedAt) / 1000 })) }
      : {}),
    ...(taints ? { taints: new Set(taints) } : {}),
    ...(fulfilled
      ? {
          fulfilled: {
            ...(steppedUp ? { steppedUp: { ...steppedUp, at: Date.parse(steppedUp.at) / 1000 } } : {}),
            justified: new Set(justified),
            approved: new Set(approved),
          },
        }
      : {}),
    ...(external ? { external: new Map(Object.entries(external)) } : {}),
  };
}

const has = (given: Evidence, ask: Ask): boolean =>
  isExternal(ask)
    ? given.external?.has(ask.slice(EXTERNAL.length)) === true
    : isKind(ask) && given[ask] !== undefined;

/** Looks up what a test does not say itself; external services are asked only where the test wants that. */
export function testedEvidence(
  given: Evidence,
  source: EvidenceSource,
  askExternal: boolean,
): EvidenceSource {
  return async (subject, asks) => {
    const open = asks.filter((ask) => !has(given, ask) && (askExternal || !isExternal(ask)));
    const found = open.length > 0 ? await source(subject, open) : {};
    const external = new Map([...(found.external ?? []), ...(given.external ?? [])]);
    return { ...found, ...given, external };
  };
}

const WORDS: Readonly<Record<Exclude<keyof Evidence, 'external'>, string>> = {
  risk: 'the risk of the person',
  devices: "the person's devices",
  taints: 'what the session read before',
  fulfilled: 'what the session did for conditions',
};

const isKind = (ask: Ask): ask is keyof typeof WORDS => Object.hasOwn(WORDS, ask);

/** What stayed unknown, in words. */
export function unknownNotes(asked: ReadonlySet<Ask>, askExternal: boolean): string[] {
  const external = [...asked].filter(isExternal).map((ask) => ask.slice(EXTERNAL.length));
  const kinds = [...asked].filter(isKind);
  const why = askExternal ? 'did not answer' : 'was not asked';
  return [
    ...kinds.map((kind) => `Unknown: ${WORDS[kind]}. It counts against the holder.`),
    ...external.map((id) => `The external evaluation "${id}" ${why}: it is unknown.`),
  ];
}
