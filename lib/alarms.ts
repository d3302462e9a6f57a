import {
  Alarm,
  ComparisonOperator,
  type IMetric,
  Metric,
  Stats,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { type IRole, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Aws, Duration, RemovalPolicy } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { EnvironmentConfiguration } from './configuration.ts';

/** One alarm; a period without data is a good one unless `silence` says otherwise. */
export interface AlarmOptions {
  metric: IMetric;
  threshold: number;
  /** `at-least` unless given. */
  comparison?: 'at-least' | 'below';
  /** Raised when this many of the last periods are bad; the last one alone unless given. */
  bad?: { periods: number; of: number };
  silence?: 'good' | 'bad';
  /** What has happened, as the e-mail says it. */
  says: string;
  /** The anchor of its section in docs/runbook.md. */
  runbook: string;
}

const COMPARISONS = {
  'at-least': ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
  below: ComparisonOperator.LESS_THAN_THRESHOLD,
} as const;

/** The alarms of a deployment and the topic that tells its operators. */
export class Alarms extends Construct {
  readonly topic: Topic;
  readonly #deployment: string;
  readonly #key: Key;

  constructor(scope: Construct, id: string, { name, operations }: EnvironmentConfiguration) {
    super(scope, id);
    this.#deployment = name;
    this.#key = this.#makeKey();
    this.topic = new Topic(this, 'Topic', {
      displayName: `Sallyport ${name}`,
      masterKey: this.#key,
      enforceSSL: true,
    });
    // A topic with a policy of its own has lost the default one, which lets the account's alarms publish.
    this.topic.addToResourcePolicy(
      new PolicyStatement({ ...fromAlarms(), actions: ['sns:Publish'], resources: [this.topic.topicArn] }),
    );
    for (const address of operations.alarmEmails) this.topic.addSubscription(new EmailSubscription(address));
  }

  /**
   * Adds an alarm that tells the topic when it is raised and when it is over. Its description begins with its id and
   * ends with the anchor of its section in the runbook.
   */
  add(id: string, options: AlarmOptions): Alarm {
    const { bad = { periods: 1, of: 1 } } = options;
    const alarm = new Alarm(this, id, {
      alarmDescription: `Sallyport ${id}: ${options.says} docs/runbook.md#${options.runbook}`,
      metric: options.metric,
      threshold: options.threshold,
      comparisonOperator: COMPARISONS[options.comparison ?? 'at-least'],
      evaluationPeriods: bad.of,
      datapointsToAlarm: bad.periods,
      treatMissingData:
        options.silence === 'bad' ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
    });
    const action = new SnsAction(this.topic);
    alarm.addAlarmAction(action);
    alarm.addOkAction(action);
    return alarm;
  }

  /** A metric that functions count by lambdas/shared/metrics.ts. */
  counted(metricName: string, period: Duration, dimensions: Record<string, string> = {}): Metric {
    return new Metric({
      namespace: 'Sallyport',
      metricName,
      dimensionsMap: { deployment: this.#deployment, ...dimensions },
      statistic: Stats.SUM,
      period,
    });
  }

  /** Lets a role tell the operators by itself. */
  toldBy(role: IRole): void {
    // What the topic itself would grant is every kind of data key.
    role.addToPrincipalPolicy(
      new PolicyStatement({ actions: ['sns:Publish'], resources: [this.topic.topicArn] }),
    );
    role.addToPrincipalPolicy(
      new PolicyStatement({ actions: ['kms:Decrypt', 'kms:GenerateDataKey'], resources: [this.#key.keyArn] }),
    );
  }

  /**
   * A key of its own: alarms have to get through while the deployment's keys are disabled, and the policy of a
   * customer's key may not let CloudWatch use it, as that of SNS's own key does not.
   */
  #makeKey(): Key {
    const key = new Key(this, 'Key', {
      description: 'Sallyport: what alarms tell',
      enableKeyRotation: true,
      removalPolicy: RemovalPolicy.DESTROY,
      pendingWindow: Duration.days(7),
    });
    key.addToResourcePolicy(
      new PolicyStatement({
        ...fromAlarms(),
        actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
        resources: ['*'],
      }),
    );
    return key;
  }
}

/** CloudWatch, for alarms of this account only. */
const fromAlarms = () => ({
  principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
  conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
});
