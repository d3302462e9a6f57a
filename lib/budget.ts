import { CfnBudget } from 'aws-cdk-lib/aws-budgets';
import { Construct } from 'constructs';
import { COST_TAG } from './account/demands.ts';
import type { EnvironmentConfiguration } from './configuration.ts';

/**
 * What the deployment may cost in a month, told by its tag, which the account's owner has to activate as a
 * cost-allocation tag.
 */
export class Budget extends Construct {
  constructor(scope: Construct, id: string, { name, operations }: EnvironmentConfiguration) {
    super(scope, id);
    if (operations.monthlyBudgetUsd === undefined) return;
    const subscribers = operations.alarmEmails.map((address) => ({ subscriptionType: 'EMAIL', address }));
    const tell = (notificationType: 'ACTUAL' | 'FORECASTED', threshold: number) => ({
      notification: {
        notificationType,
        threshold,
        thresholdType: 'PERCENTAGE',
        comparisonOperator: 'GREATER_THAN',
      },
      subscribers,
    });
    new CfnBudget(this, 'Monthly', {
      budget: {
        budgetType: 'COST',
        timeUnit: 'MONTHLY',
        budgetLimit: { amount: operations.monthlyBudgetUsd, unit: 'USD' },
        costFilters: { TagKeyValue: [`user:${COST_TAG}$${name}`] },
      },
      notificationsWithSubscribers: [tell('ACTUAL', 80), tell('FORECASTED', 100)],
    });
  }
}
