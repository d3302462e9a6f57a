import { readFileSync } from 'node:fs';
import type {
  IPolicyValidationContext,
  IPolicyValidationPlugin,
  PolicyValidationPluginReport,
  PolicyViolation,
} from 'aws-cdk-lib/core';
import { RULES } from './rules.ts';
import { readTemplate } from './template.ts';

/** Judges every synthesized template by our own rules, as part of the CDK's policy validation. */
export class TemplateRules implements IPolicyValidationPlugin {
  /** Acknowledgements name a rule as `Sallyport::<rule>`. */
  readonly name = 'Sallyport';
  readonly ruleIds = RULES.map(({ id }) => id);

  validate({ templatePaths }: IPolicyValidationContext): PolicyValidationPluginReport {
    const violations = templatePaths.flatMap((path) => [...violationsOf(path)]);
    return { success: violations.length === 0, violations };
  }
}

function* violationsOf(templatePath: string): Generator<PolicyViolation> {
  const template = readTemplate(JSON.parse(readFileSync(templatePath, 'utf8')));
  for (const { id, description, check } of RULES) {
    for (const { logicalId, location, message } of check(template)) {
      const where = location === '' ? 'Properties' : `Properties.${location}`;
      yield {
        ruleName: id,
        description: `${where}: ${message} (${description}.)`,
        severity: 'error',
        violatingResources: [{ resourceLogicalId: logicalId, templatePath, locations: [where] }],
      };
    }
  }
}
