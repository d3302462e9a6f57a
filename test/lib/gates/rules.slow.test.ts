import { describe, expect, it } from '@jest/globals';
import { ACKNOWLEDGEMENTS } from '../../../lib/gates/acknowledgements.ts';
import { RULES } from '../../../lib/gates/rules.ts';
import { readTemplate, type Template } from '../../../lib/gates/template.ts';
import { template } from '../template.ts';
import { ACCESS } from './faults/access.ts';
import { DATA } from './faults/data.ts';
import type { Faults } from './faults/fault.ts';
import { FRONT_DOOR } from './faults/front-door.ts';
import { REFERENCES } from './faults/references.ts';
import { SCHEDULES } from './faults/schedules.ts';
import { mutant } from './mutant.ts';

const FAULTS: Faults = { ...ACCESS, ...DATA, ...FRONT_DOOR, ...REFERENCES, ...SCHEDULES };

const production = readTemplate(template().toJSON());
const violationsOf = (judged: Template) =>
  RULES.flatMap((rule) => [...rule.check(judged)].map((violation) => ({ rule: rule.id, ...violation })));
const known = violationsOf(production).map((violation) => JSON.stringify(violation));
/** What a change broke. */
const newIn = (judged: Template) =>
  violationsOf(judged).filter((violation) => !known.includes(JSON.stringify(violation)));

describe('the rules', () => {
  it('find nothing in the template but what is acknowledged', () => {
    const acknowledged = ACKNOWLEDGEMENTS.map(({ id }) => id);
    expect(acknowledged).toEqual(
      expect.arrayContaining(violationsOf(production).map(({ rule }) => `Sallyport::${rule}`)),
    );
  });

  it('have faults to prove each of them', () => {
    expect(Object.keys(FAULTS).sort()).toEqual(RULES.map(({ id }) => id).sort());
  });
});

describe.each(Object.entries(FAULTS))('the rule %s', (rule, faults) => {
  it.each(faults)('finds $what', (fault) => {
    const found = newIn(mutant(production, fault));
    expect(new Set(found.map((violation) => violation.rule))).toEqual(new Set([rule]));
    for (const { logicalId, message } of found) {
      expect(production.Resources[logicalId]?.Type).toBe(fault.type);
      expect(message.length).toBeGreaterThan(10);
    }
  });
});
