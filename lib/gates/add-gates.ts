import { type App, type IPolicyValidationPlugin, Validations } from 'aws-cdk-lib/core';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { Sallyport } from '../sallyport.ts';
import { acknowledge } from './acknowledgement.ts';
import { ACKNOWLEDGEMENTS } from './acknowledgements.ts';
import { StrictValidation } from './strict-validation.ts';
import { TemplateRules } from './template-rules.ts';

/** What judges templates. Each may judge several apps one after the other; the first is slow to make. */
export const GATES: readonly IPolicyValidationPlugin[] = [
  new StrictValidation(),
  new AwsSolutionsChecks(),
  new ServerlessChecks(),
  new TemplateRules(),
];

/** Has everything that an app synthesizes judged, and fails it by what is not acknowledged. Call it once all is made. */
export function addGates(app: App): void {
  for (const construct of app.node.findAll()) {
    if (construct instanceof Sallyport) acknowledge(construct, ACKNOWLEDGEMENTS);
  }
  Validations.of(app).addPlugins(...GATES);
}
