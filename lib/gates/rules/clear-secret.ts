import type { Rule } from '../rule.ts';
import { type JsonObject, leaves, valueAt, written } from '../template.ts';

/** Names of properties, environment variables and headers that hold a secret. */
const NAME = /(secret|passw(or)?d|token|api-?_?key|private-?_?key|credential)s?(value|string)?$/i;

/** Texts that are a secret wherever they stand. */
const VALUE = [
  /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
  /\b(AKIA|ASIA)[A-Z0-9]{16}\b/,
  /\b(ghp|gho|ghs|github_pat|glpat|xox[abprs]|sk|rk)[-_][A-Za-z0-9_-]{20,}/,
  /\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]+/,
];

/** A dynamic reference is followed by CloudFormation, which shows nobody what it found. */
const REFERENCE = /^\{\{resolve:(secretsmanager|ssm-secure):/;
/** Shorter texts beside such names are units and settings, such as `minutes`. */
const SHORTEST = 8;

/** Everybody who may read the template, its history or the function's configuration would know the secret. */
export const clearSecret: Rule = {
  id: 'clear-secret',
  description: 'No property holds a secret in the clear',
  *check({ Resources }) {
    for (const [logicalId, { Properties }] of Object.entries(Resources)) {
      for (const leaf of leaves(Properties)) {
        const { location, value } = leaf;
        if (typeof value !== 'string' || REFERENCE.test(value)) continue;
        const named = NAME.test(nameOf(leaf, Properties)) && value.length >= SHORTEST;
        if (named || VALUE.some((pattern) => pattern.test(value)))
          yield { logicalId, location, message: 'is a secret in the clear: keep it in Secrets Manager.' };
      }
    }
  },
};

/** What a value is called: its property or, where a distribution sends it to its origin, its header. */
function nameOf({ location, name }: { location: string; name: string }, properties: JsonObject): string {
  if (name !== 'HeaderValue') return name;
  return written(valueAt(properties, location.replace(/HeaderValue$/, 'HeaderName')));
}
