import { kindNames } from '../../lambdas/shared/documents/kinds.ts';
import type { Reasons } from './judge.ts';

/** Why roles may do what no journey does, and why some calls are denied; `*` is any run of characters. */
export const REASONS: Reasons = {
  unused: [
    {
      what: 'LiveDeploymentsRole: lambda:* on *Function*',
      why: 'CodeDeploy moves the aliases of functions to new versions; it deploys in AWS only.',
    },
    {
      what: 'LiveDeploymentsRole: cloudwatch:DescribeAlarms on *',
      why: 'CodeDeploy looks at the alarms of a deployment before and while it moves an alias.',
    },
    ...['sns:Publish on *Topic*', 'kms:Decrypt on AlarmsKey', 'kms:GenerateDataKey on AlarmsKey'].map(
      (grant) => ({
        what: `LiveDeploymentsRole: ${grant}`,
        why: 'CodeDeploy says on the alarms’ topic, which is encrypted, when it took a version back.',
      }),
    ),
    {
      what: 'FrontDoorGatewayApiCloudWatchRole: everything of AmazonAPIGatewayPushToCloudWatchLogs',
      why: 'API Gateway writes its logs with it, whatever API of the account they are of; the gateway here keeps none.',
    },
    // A service token is read so by a journey that has just applied one.
    ...kindNames
      .filter((kind) => kind !== 'ServiceToken')
      .map((kind) => ({
        what: `MigrationsMigrateRole: dynamodb:GetItem on FoundationTablesPolicies [LeadingKeys ${kind}#*]`,
        why: 'A document is read by its key when it changed so lately that the index does not show it yet; here indexes never lag.',
      })),
  ],
  denied: [],
};
