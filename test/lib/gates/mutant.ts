import type { Json, Resource, Template } from '../../../lib/gates/template.ts';

/** One change of a template: another value, or none, at a path of the first resource of a type. */
export interface Change {
  type: string;
  /** Part of the logical id, where the first one will not do. */
  id?: string;
  /** From the resource on, such as `Properties.Targets.0.Arn`; `+` adds to a list. */
  path: string;
  /** Leaves the place out when there is none. */
  value?: Json | ((idOf: (type: string, part?: string) => string) => Json);
}

/** A copy of a template with one change. @throws Error when there is nothing to change. */
export function mutant(template: Template, { type, id = '', path, value }: Change): Template {
  const copy = structuredClone(template);
  const idOf = (wanted: string, part = '') => find(copy, wanted, part)[0];
  const steps = path.split('.');
  const last = steps.pop() ?? '';
  let place: unknown = find(copy, type, id)[1];
  for (const step of steps) place = step in Object(place) ? Object(place)[step] : undefined;
  if (typeof place !== 'object' || place === null) throw new Error(`${type} has no ${steps.join('.')}.`);
  const changed = typeof value === 'function' ? value(idOf) : value;
  if (Array.isArray(place) && last === '+') place.push(changed);
  else if (changed === undefined) Reflect.deleteProperty(place, last);
  else Reflect.set(place, last, changed);
  return copy;
}

function find({ Resources }: Template, type: string, part: string): [string, Resource] {
  const found = Object.entries(Resources).find(([id, { Type }]) => Type === type && id.includes(part));
  if (!found) throw new Error(`The template has no ${type} ${part}.`);
  return found;
}
