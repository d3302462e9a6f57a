import { type App, Validations } from 'aws-cdk-lib/core';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { Sallyport } from '../sallyport.ts';
import { acknowledge } from './acknowledgement.ts';
import { ACKNOWLEDGEMENTS } from './acknowledgements.ts';
import { TemplateRules } from './template-rules.ts';

/**
 * Has everything that an app synthesizes judged by cdk-nag and by our own rules, besides CloudFormation's validation,
 * which the CDK does by itself. Call it when the stacks are made.
 */
export function addGates(app: App): void {
  for (const construct of app.node.findAll()) {
    if (construct instanceof Sallyport) acknowledge(construct, ACKNOWLEDGEMENTS);
  }
  Validations.of(app).addPlugins(new TemplateRules(), new AwsSolutionsChecks(app), new ServerlessChecks(app));
}
