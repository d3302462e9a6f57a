import type { Template } from './template.ts';

/** One place of a template that breaks a rule. */
export interface Violation {
  logicalId: string;
  /** Where in the resource's properties, such as `Targets.0.Arn`; empty for the resource itself. */
  location: string;
  /** What is wrong there and what to do. */
  message: string;
}

/** A rule about templates. It decides from the template alone. */
export interface Rule {
  /** How reports and acknowledgements name it. */
  id: string;
  /** What is found and why it matters. */
  description: string;
  check: (template: Template) => Iterable<Violation>;
}
